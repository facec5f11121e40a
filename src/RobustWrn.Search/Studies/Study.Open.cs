using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Opens studies, and tells those of one objective by their value.</summary>
public static class Study
{
    /// <summary>Begins a study, or goes on with the one in the store.</summary>
    /// <typeparam name="TSpec">The specification searched over.</typeparam>
    /// <param name="space">The networks.</param>
    /// <param name="sampler">Chooses among them.</param>
    /// <param name="seed">The same seed asks for the same networks.</param>
    /// <param name="store">Where the study is kept; null is memory. The study disposes it, also when this call throws.</param>
    /// <param name="options">What it wants, how many trials, in batches of which width; null is one score, without end, in batches of 8.
    /// </param>
    /// <exception cref="InvalidDescriptionException">Space, sampler or options have problems, or cannot be stored where the store is not
    /// memory.</exception>
    /// <exception cref="StudyMismatchException">The store holds another study.</exception>
    /// <exception cref="IOException">The store cannot be opened, or another process uses it.</exception>
    public static Study<TSpec> Open<TSpec>(
        SearchSpace<TSpec> space, ISampler sampler, Seed seed, IStudyStore? store = null, StudyOptions? options = null)
        where TSpec : INetworkSpec
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(sampler);
        options ??= new StudyOptions();
        store ??= new MemoryStudyStore();
        try
        {
            options.Problems().ThrowIfAny(nameof(StudyOptions));
            space.Problems().ThrowIfAny("SearchSpace");
            sampler.ThrowIfInvalid();
            if (store is not MemoryStudyStore)
                space.StorageProblems().Concat(sampler.StorageProblems(nameof(sampler))).ThrowIfAny("Study");
            return new Study<TSpec>(space, sampler, seed, store, options);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Records the outcome of a trial of a study of one objective: any number.</summary>
    /// <param name="study">The study.</param>
    /// <param name="trial">A trial that it handed out and that was not told yet.</param>
    /// <param name="value">The value of the objective.</param>
    /// <returns>The record as stored.</returns>
    /// <exception cref="InvalidOperationException">The trial is not this study's, was told before, or the study has several objectives.
    /// </exception>
    /// <exception cref="InvalidDescriptionException">The value has problems.</exception>
    public static TrialRecord Tell<TSpec>(this Study<TSpec> study, Trial<TSpec> trial, double value)
        where TSpec : INetworkSpec
    {
        ArgumentNullException.ThrowIfNull(study);
        return study.Tell(trial, new TrialOutcome { Measures = [new Measure(OnlyObjective(study.Header), value)] });
    }

    /// <summary>Records the outcome of a trial of a study of one objective: hits out of a total.</summary>
    /// <inheritdoc cref="Tell{TSpec}(Study{TSpec}, Trial{TSpec}, double)"/>
    public static TrialRecord Tell<TSpec>(this Study<TSpec> study, Trial<TSpec> trial, Proportion value)
        where TSpec : INetworkSpec
    {
        ArgumentNullException.ThrowIfNull(study);
        return study.Tell(trial, new TrialOutcome { Measures = [Measure.Of(OnlyObjective(study.Header), value)] });
    }

    private static string OnlyObjective(StudyHeader header) => header.Objectives is [var only] ? only.Name : throw new
        InvalidOperationException($"one value tells a study of one objective, but this one has {header.Objectives.Count}. "
            + $"Tell a {nameof(TrialOutcome)} with a measure for each.");
}
