using RobustWrn.Core;
using TorchSharp;

namespace RobustWrn.Training.Tests;

/// <summary>
/// An objective of one's own needs no name in files where none is written, and is refused before the first step where one is.
/// </summary>
public class UnnamedPartsTests
{
    [Fact]
    public void Fit_ObjectiveWithoutANameAndNoFolder_Trains()
    {
        using Classifier network = Small.Network.Build(seed: 1);
        Assert.Equal(3, Small.Fit(network, new Unnamed()).Epochs.Count);
    }

    [Fact]
    public void Fit_ObjectiveWithoutANameAndACheckpointFolder_IsRefusedBeforeTheFirstStep()
    {
        using ScratchFolder folder = new();
        using Classifier network = Small.Network.Build(seed: 1);
        Unnamed objective = new();

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() =>
            Small.Fit(network, objective, options: new TrainingOptions { CheckpointFolder = folder.Path }));

        Assert.Contains("Objective: must have a name in files", refused.Message);
        Assert.Contains("public const string TypeName", refused.Message);
        Assert.Equal(0, objective.Steps);
    }

    [Fact]
    public void Fit_DeviceThatIsNotHere_IsRefusedBeforeTheFirstStep()
    {
        torch.Device device = new("cuda", torch.cuda.is_available() ? torch.cuda.device_count() : 0);
        using Classifier network = Small.Network.Build(seed: 1);
        Unnamed objective = new();

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() =>
            Small.Fit(network, objective, options: new TrainingOptions { Device = device }));

        Assert.Contains(device.ToString(), refused.Message);
        Assert.Equal(0, objective.Steps);
    }

    private sealed class Unnamed : IRobustObjective
    {
        private readonly Natural _natural = new();

        public int Steps { get; private set; }

        public string Name => "mine";

        public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
        {
            Steps++;
            return _natural.Evaluate(context, cancellationToken);
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
