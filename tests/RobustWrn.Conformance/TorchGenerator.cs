namespace RobustWrn.Conformance;

/// <summary>
/// The tests that watch torch's global generator, and those whose broken examples move it: one class after the other, since the generator belongs to the whole process.
/// </summary>
[CollectionDefinition(nameof(TorchGenerator))]
public sealed class TorchGenerator;
