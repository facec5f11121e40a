namespace RobustWrn.Search;

/// <summary>The cause for which a worker let go of a trial that has not ended.</summary>
public enum ReleaseCause
{
    /// <summary>The worker stopped, or was told to. Counts as nothing.</summary>
    Stopped,

    /// <summary>The trial stands at a rung at which the others of its batch are waited for.</summary>
    Paused,

    /// <summary>The attempt failed and may be tried again; so many failures end the trial (<see cref="ClaimRules.MaxFailures"/>).</summary>
    Failed,

    /// <summary>
    /// The worker was not heard of any more; so many losses without a step in between end the trial (<see cref="ClaimRules.MaxLosses"/>).
    /// </summary>
    Lost,
}
