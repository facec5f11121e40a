using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public class DlrTests
{
    [Theory]
    [Trait("Category", VectorRun.Category)]
    [InlineData("dlr", false)]
    [InlineData("dlr_targeted", true)]
    [InlineData("ce_targeted", true)]
    public void PerExample_PublishedLogits_HasThePublishedValuesAndGradients(string name, bool targeted)
    {
        using VectorCase vector = VectorCase.Open("aa_dlr_losses");
        using DisposeScope scope = NewDisposeScope();
        IAttackLoss loss = name == "ce_targeted" ? new CrossEntropy() : new Dlr();
        AttackGoal goal = new(vector["in.y"], targeted ? vector["in.y_target"] : null);
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
        {
            Tensor logits = vector["in.logits"].to(dtype).detach().requires_grad_();
            Tensor value = loss.PerExample(logits, goal);
            Tensor gradient = autograd.grad([value.sum()], [logits])[0];
            bool inFloat32 = dtype == ScalarType.Float32;
            vector.AssertMatches($"out.f64.{name}", value, inFloat32);
            vector.AssertMatches($"out.f64.{name}.grad", gradient, inFloat32);
            if (!inFloat32)
                continue;
            vector.AssertMatches($"out.f32.{name}", value, inFloat32);
            vector.AssertMatches($"out.f32.{name}.grad", gradient, inFloat32);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PerExample_LogitsScaledAndShifted_StaysTheSame(bool targeted)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(20, 6, ScalarType.Float64), labels = ScalarArithmetic.Counting(20).Modulo(6), targets = labels.Plus(ones_like(labels)).Modulo(6);
        AttackGoal goal = new(labels, targeted ? targets : null);

        Tensor value = new Dlr().PerExample(logits, goal), other = new Dlr().PerExample(logits.Times(1000).Minus(7), goal);

        Assert.True((value - other).abs().max().Number() < 1e-9);
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void PerExample_TooFewClasses_IsTheMarginAndSaysSo(int classes, bool targeted)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(12, classes, ScalarType.Float64), labels = ScalarArithmetic.Counting(12).Modulo(classes);
        AttackGoal goal = new(labels, targeted ? labels.Plus(ones_like(labels)).Modulo(classes) : null);

        Assert.True(new Dlr().PerExample(logits, goal).Equals(new Margin().PerExample(logits, goal)));
        string notice = Assert.Single(new Dlr().Notices(classes, targeted));
        Assert.Equal($"the {(targeted ? "targeted " : "")}DLR loss needs {(targeted ? 4 : 3)} classes, got {classes}: the margin loss took its place.", notice);
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Notices_EnoughClasses_AreNone(int classes, bool targeted) => Assert.Empty(new Dlr().Notices(classes, targeted));

    [Fact]
    public void PerExample_AllLogitsEqual_IsFinite()
    {
        using DisposeScope scope = NewDisposeScope();
        AttackGoal goal = new(zeros(2, ScalarType.Int64));
        Assert.Equal([0, 0], new Dlr().PerExample(zeros(2, 5, ScalarType.Float64), goal).data<double>().ToArray());
    }
}
