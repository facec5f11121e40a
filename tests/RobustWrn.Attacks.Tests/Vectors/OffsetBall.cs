using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>
/// The L2 geometry with the small number that published code adds to a gradient's length: 1e-10 in torchattacks. The library adds none
/// (docs/decisions/0018).
/// </summary>
internal sealed record OffsetBall(L2Threat Threat, double Offset) : IBall
{
    public Tensor SteepestDirection(Tensor gradient) => gradient / gradient.flatten(1).norm(1).reshape(-1, 1, 1, 1).Plus(Offset);

    public Tensor Project(Tensor candidates, Tensor images) => Threat.Project(candidates, images);
}
