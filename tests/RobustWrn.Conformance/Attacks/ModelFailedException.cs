namespace RobustWrn.Conformance.Attacks;

/// <summary>What a model throws in the middle of an attack.</summary>
internal sealed class ModelFailedException : Exception;
