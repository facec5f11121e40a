using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>A look of a run of gradient ascent at a point. The tensors live only during the call.</summary>
/// <param name="Step">How many steps led there, 0 at the start.</param>
/// <param name="Point">The points, (n, C, H, W).</param>
/// <param name="Logits">Of the steering pass there, (n, classes).</param>
/// <param name="Loss">The loss there, (n).</param>
/// <param name="Goal">What the attacker wants of them.</param>
/// <param name="Best">The best points so far and their loss; null where the run keeps none.</param>
/// <param name="Update">How the run moves on.</param>
internal readonly record struct AscentStep(
    int Step, Tensor Point, Tensor Logits, Tensor Loss, AttackGoal Goal, (Tensor Point, Tensor Loss)? Best, AscentUpdate Update);
