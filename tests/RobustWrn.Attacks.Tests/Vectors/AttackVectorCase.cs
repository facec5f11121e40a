using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A published attack, ready to be repeated: its network, batch, draws and numbers.</summary>
internal sealed class AttackVectorCase : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public AttackVectorCase(string name, ScalarType dtype = ScalarType.Float64)
    {
        Case = VectorCase.Open(name);
        Model = Case.BuildModel(dtype);
        Images = Case["in.x"].to(dtype);
        Labels = Case["in.y"].to(ScalarType.Int64);
    }

    public VectorCase Case { get; }

    public Classifier Model { get; }

    public Tensor Images { get; }

    public Tensor Labels { get; }

    public double Number(string hyperparameter) => Case.Number(hyperparameter);

    public int Whole(string hyperparameter) => Case.Hyperparameters.GetProperty(hyperparameter).GetInt32();

    public Tensor Draw(string name) => Case[$"in.draw.{name}"].to(ScalarType.Float64);

    public AttackContext Context(ThreatModel threat, Tensor? start = null) => new(Model, Images, Labels, threat) { Start = start };

    /// <summary>Checks the images, their logits and, where there are any, the counts of the published run.</summary>
    public void AssertMatches(Tensor adversarial)
    {
        using AttackedModel model = new(Model);
        Tensor logits = model.Logits(adversarial);
        Case.AssertMatches("out.f64.x_adv", adversarial);
        Case.AssertMatches("out.f64.logits_of_x_adv", logits);
        if (!Case.Names.Contains("out.adv_correct"))
            return;
        Tensor clean = model.Logits(Images);
        Case.AssertMatches("out.natural_correct", clean.argmax(1).eq(Labels).sum());
        Case.AssertMatches("out.adv_correct", logits.argmax(1).eq(Labels).sum());
        Case.AssertMatches("out.stable", clean.argmax(1).eq(logits.argmax(1)).sum());
    }

    public void Dispose()
    {
        Model.Dispose();
        Case.Dispose();
        _scope.Dispose();
    }
}
