using RobustWrn.Core;
using RobustWrn.Samples;
using TrainModel;

TorchRuntime.WaitPassively();
return await StopRequest.RunAsync(token => TrainCommand.RunAsync(args, Console.Out, Console.Error, token));
