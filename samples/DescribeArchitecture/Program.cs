using DescribeArchitecture;
using RobustWrn.Samples;

return await StopRequest.RunAsync(token => DescribeCommand.RunAsync(args, Console.Out, Console.Error, token));
