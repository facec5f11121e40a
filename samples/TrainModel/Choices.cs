namespace TrainModel;

/// <summary>The command line as given.</summary>
public sealed record Choices(string Recipe, string Spec, string Data, string? Extra, long? Images, int? Epochs, long Seed, string Out);
