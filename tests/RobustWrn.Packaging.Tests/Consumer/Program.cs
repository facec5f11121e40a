// What a user of the packages writes. Built by RobustWrn.Packaging.Tests outside the repository.
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

try
{
    Console.WriteLine(TorchRuntime.Describe());
}
catch (TorchNativeException error)
{
    Console.Error.WriteLine(error.Message);
    return 3;
}

using nn.Module<Tensor, Tensor> model = nn.Sequential(nn.Flatten(), nn.Linear(12, 2, hasBias: false));
using Tensor weight = tensor(new float[] { 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1 }, [2, 12]);
using (no_grad())
    model.parameters().Single().copy_(weight);
using Tensor images = zeros([1, 3, 2, 2]).FilledLike(0.5f);
using Tensor labels = zeros([1], ScalarType.Int64);

var context = new AttackContext(model, images, labels, ThreatModel.Linf(8, outOf: 255));
using Tensor adversarial = new Fgsm().Perturb(context);

// On a linear model the attack must end in the corner of the ball that lowers the label's logit: minus epsilon where its weight is positive.
using Tensor moved = (adversarial - images).flatten() * 255;
Console.WriteLine($"moved {string.Join(' ', moved.data<float>().Select(value => MathF.Round(value)))}");
return 0;
