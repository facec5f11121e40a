using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A published attack, ready to be repeated: its network, batch, draws and numbers.</summary>
internal sealed class AttackVectorCase : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly PutOff _putOff;

    /// <summary>Opens a case.</summary>
    /// <param name="name">Its file name without extension.</param>
    /// <param name="dtype">What is computed in.</param>
    /// <param name="putOff">What is done to the network before anything is computed.</param>
    public AttackVectorCase(string name, ScalarType dtype = ScalarType.Float64, PutOff? putOff = null)
    {
        Name = name;
        Case = VectorCase.Open(name);
        Model = Case.BuildModel(dtype);
        putOff?.Weights(Model);
        _putOff = putOff ?? new PutOff(0);
        Images = Case["in.x"].to(dtype);
        Labels = Case["in.y"].to(ScalarType.Int64);
    }

    public string Name { get; }

    public VectorCase Case { get; }

    public Classifier Model { get; }

    public Tensor Images { get; }

    public Tensor Labels { get; }

    /// <summary>A wrong constant: a hyperparameter, and what its published value is multiplied by.</summary>
    public (string Hyperparameter, double Factor)? Wrong { get; init; }

    public double Number(string hyperparameter) => Case.Number(hyperparameter) * (Wrong?.Hyperparameter == hyperparameter ? Wrong.Value.Factor : 1);

    public int Whole(string hyperparameter) => (int)Math.Round(Number(hyperparameter));

    public Tensor Draw(string name) => Case[$"in.draw.{name}"].to(Images.dtype);

    /// <summary>A draw for a start that is compared with the images themselves, scaled by a number.</summary>
    public Tensor DrawNearby(string name, double scale) => _putOff.Pixels(Draw(name).Times(scale)).Over(scale);

    public AttackContext Context(ThreatModel threat, Tensor? start = null) => new(Model, Images, Labels, threat) { Start = start };

    /// <summary>
    /// The images, their logits and, where they are stored, the counts and the loss of the run: every output by its stored name, so that
    /// none is left aside.
    /// </summary>
    public Dictionary<string, Tensor> Outputs(Tensor adversarial, Tensor? loss = null)
    {
        using AttackedModel model = new(Model);
        Tensor clean = model.Logits(Images), logits = model.Logits(adversarial);
        Dictionary<string, Tensor?> computed = new()
        {
            ["x_adv"] = adversarial,
            ["logits_of_x_adv"] = logits,
            ["loss_last_iterate"] = loss,
            ["natural_correct"] = clean.argmax(1).eq(Labels).sum(),
            ["adv_correct"] = logits.argmax(1).eq(Labels).sum(),
            ["stable"] = clean.argmax(1).eq(logits.argmax(1)).sum(),
        };
        return Stored.ToDictionary(output => output, output => computed[output.Split('.')[^1]] ?? throw new InvalidOperationException($"{Name} stores {output}"));
    }

    /// <summary>Checks every output that is stored.</summary>
    public void AssertMatches(Tensor adversarial, Tensor? loss = null)
    {
        foreach ((string output, Tensor actual) in Outputs(adversarial, loss).Where(pair => !pair.Key.StartsWith("out.f32.", StringComparison.Ordinal)))
            Case.AssertMatches(output, actual);
    }

    private IEnumerable<string> Stored => Case.Names.Where(name => name.StartsWith("out.", StringComparison.Ordinal));

    public void Dispose()
    {
        Model.Dispose();
        Case.Dispose();
        _scope.Dispose();
    }
}
