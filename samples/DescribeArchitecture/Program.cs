using DescribeArchitecture;

return await DescribeCommand.RunAsync(args, Console.Out, Console.Error);
