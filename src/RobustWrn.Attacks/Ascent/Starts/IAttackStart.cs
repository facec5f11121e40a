using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Where gradient ascent starts.</summary>
public interface IAttackStart : IDescription
{
    /// <summary>The starting points.</summary>
    /// <param name="context">What is attacked.</param>
    /// <param name="noise">The randomness of this restart.</param>
    /// <returns>(N, C, H, W), a new tensor. The caller disposes it.</returns>
    Tensor From(AttackContext context, RandomStream noise);
}
