using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What a run of APGD knows after a step. The tensors live only during the call.</summary>
/// <param name="Step">The number of the step, 0 for the start.</param>
/// <param name="Point">Where the step led, (N, C, H, W).</param>
/// <param name="Loss">The loss there, (N).</param>
/// <param name="Best">The best point so far.</param>
/// <param name="BestLoss">Its loss.</param>
/// <param name="Fooled">(N), whether the model errs at the point.</param>
/// <param name="StepSize">The length of the next step, (N, 1, 1, 1).</param>
internal readonly record struct ApgdStep(int Step, Tensor Point, Tensor Loss, Tensor Best, Tensor BestLoss, Tensor Fooled, Tensor StepSize);
