using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>APGD in L2: the moves of <see cref="LpUpdate"/>, projected as the published code does (Croce and Hein 2020).</summary>
/// <param name="threat">The ball.</param>
/// <param name="run">The run.</param>
/// <param name="rho">The share of steps that must raise the loss.</param>
internal sealed class L2Update(L2Threat threat, AscentRun run, double rho) : LpUpdate(threat, run, rho)
{
    private readonly double _epsilon = threat.Epsilon;

    protected override Tensor Project(Tensor candidates, Tensor images)
    {
        Tensor move = candidates - images, length = move.EuclideanLengths();
        return images.Plus(move / length.Plus(NormOffset) * length.Clamped(0, _epsilon)).ClampInPlace(0, 1);
    }
}
