using EvaluateModel;

return await EvaluateCommand.RunAsync(args, Console.Out, Console.Error);
