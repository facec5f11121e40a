namespace RobustWrn;

/// <summary>A way to write down a result.</summary>
public interface IReport
{
    /// <summary>The report as text.</summary>
    string Render(ExperimentResult result);
}
