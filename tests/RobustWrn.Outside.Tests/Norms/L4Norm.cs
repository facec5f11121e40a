using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>The fourth root of the sum of fourth powers.</summary>
internal sealed record L4Norm : IVectorNorm
{
    public const string TypeName = "outside-l4";

    public string Name => "L4";

    public Tensor Of(Tensor rows) => rows.Squared().Squared().sum(1).ToThePower(0.25);

    public IEnumerable<Problem> Problems() => [];
}
