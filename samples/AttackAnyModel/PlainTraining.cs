using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace AttackAnyModel;

/// <summary>Ordinary training, as one would write it without this library.</summary>
internal static class PlainTraining
{
    public static void Fit(nn.Module<Tensor, Tensor> model, IImageSource images, int epochs, int batchSize)
    {
        model.train();
        using optim.Optimizer adam = optim.Adam(model.parameters(), lr: 3e-3);
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            long[] order = RandomStream.From(1).For("shuffling").At(epoch).Permutation(images.Count);
            double sum = 0;
            foreach (long[] indices in order.Chunk(batchSize))
            {
                using DisposeScope scope = NewDisposeScope();
                using ImageBatch batch = images.Read(indices);
                Tensor loss = nn.functional.cross_entropy(model.call(batch.Images), batch.Labels);
                adam.zero_grad();
                loss.backward();
                adam.step();
                sum += loss.ToDouble() * indices.Length;
            }
            Console.WriteLine($"  epoch {epoch + 1}: loss {sum / images.Count:0.000}");
        }
        model.eval();
    }
}
