using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The course of the learning rate over a training: a pure function, so that a resumed run needs no saved state.</summary>
public interface ILearningRateSchedule : IDescription
{
    /// <summary>The factor of the recipe's learning rate.</summary>
    /// <param name="progress">
    /// The share of all steps that are done, in [0, 1): 0 at the first step, 0.75 at the first step of epoch 75 of 100.
    /// </param>
    double Factor(double progress);

    /// <summary>
    /// The factor of the recipe's learning rate at a step, for schedules that count epochs or steps. Default:
    /// <see cref="Factor"/> of the position's progress.
    /// </summary>
    /// <param name="position">The step.</param>
    double FactorAt(TrainingPosition position) => Factor(position.Progress);

    /// <summary>
    /// The optimiser's momentum at a step, for schedules that move it with the rate (<see cref="OneCycleRate.CyclesMomentum"/>). Default:
    /// null, the optimiser's own.
    /// </summary>
    /// <param name="position">The step.</param>
    double? MomentumAt(TrainingPosition position) => null;

    /// <summary>
    /// The epochs, ascending, after which the rate is lower than before by a step: what a pruner must know, since ranks change there.
    /// Default: none, of a schedule that moves without steps.
    /// </summary>
    /// <param name="epochs">Epochs of the whole training, at least 1.</param>
    /// <returns>Numbers of epochs, from 1 and below <paramref name="epochs"/>, each once.</returns>
    IReadOnlyList<int> DropsAfter(int epochs) => [];

    /// <summary>The schedule for a short training: one that changes once an epoch, every step instead. Default: itself.</summary>
    ILearningRateSchedule ByStep() => this;
}
