using RobustWrn.Core;

namespace RobustWrn.Samples;

/// <summary>The ends of a program that runs an experiment: done, stopped, refused, failed.</summary>
internal static class ExperimentCommand
{
    /// <summary>Runs it, and says in a line why it ended otherwise than well.</summary>
    /// <param name="run">The program.</param>
    /// <param name="stopped">What is said when it was asked to stop.</param>
    public static async Task<int> EndAsync(Func<Task<int>> run, string stopped)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(stopped);
            return StopRequest.Stopped;
        }
        catch (InvalidDescriptionException e)
        {
            return CommandLine.Refuse(Console.Error, [e.Message]);
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException or InvalidDataException
            or InvalidOperationException or TorchNativeException)
        {
            Console.Error.WriteLine(e.Message);
            return CommandLine.Failed;
        }
    }
}
