using TrainModel;

return await TrainCommand.RunAsync(args, Console.Out, Console.Error);
