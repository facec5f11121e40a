using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AttackAnyModel;

/// <summary>
/// Ordinary training, gradient descent with momentum. TorchSharp's own optimizers lose numbers to the garbage collector
/// (docs/decisions/0006-numbers-stay-alive.md).
/// </summary>
internal static class PlainTraining
{
    private const double Rate = 0.05, Momentum = 0.9;

    public static void Fit(
        nn.Module<Tensor, Tensor> model, IImageSource images, int epochs, int batchSize, CancellationToken cancellationToken)
    {
        using DisposeScope training = NewDisposeScope();
        model.train();
        Parameter[] weights = [.. model.parameters()];
        Tensor[] velocities = [.. weights.Select(weight => zeros_like(weight))];
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            long[] order = RandomStream.From(1).For("shuffling").At(epoch).Permutation(images.Count);
            double sum = 0;
            foreach (long[] indices in order.Chunk(batchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using DisposeScope scope = NewDisposeScope();
                using ImageBatch batch = images.Read(indices);
                Tensor loss = nn.functional.cross_entropy(model.call(batch.Images), batch.Labels);
                Tensor[] gradients = [.. Gradients.Of(loss, weights).Select(gradient => gradient!)];
                using IDisposable guard = no_grad();
                for (int i = 0; i < weights.Length; i++)
                    weights[i].PlusInPlace(velocities[i].TimesInPlace(Momentum).PlusInPlace(gradients[i]), -Rate);
                sum += loss.Number() * indices.Length;
            }
            Console.WriteLine($"  epoch {epoch + 1}: loss {sum / images.Count:0.000}");
        }
        model.eval();
    }
}
