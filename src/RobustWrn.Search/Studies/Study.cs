using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Opens studies.</summary>
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
}
