using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>Something to measure of a trained network: what a search wants much or little of, or sets a limit to.</summary>
public interface ISearchObjective : IDescription
{
    /// <summary>Name, direction and kind of the number.</summary>
    StudyObjective Objective { get; }

    /// <summary>
    /// True where the same training gives the same number again. Times are not: a search that they steer depends on the machine.
    /// </summary>
    bool IsRepeatable { get; }

    /// <summary>
    /// True where it is a number under attack: of a network that is yet to be attacked for its ranking
    /// (<see cref="RobustExperiment.RankedBy"/>) it is not known, and after that it must be read from
    /// <see cref="MeasuredNetwork.Judgement"/>, where it may be an upper bound.
    /// </summary>
    bool IsUnderAttack => false;

    /// <summary>The number of one network.</summary>
    /// <param name="network">The network, trained.</param>
    /// <exception cref="InvalidOperationException">It cannot be measured of this network.</exception>
    Measure Of(MeasuredNetwork network);
}
