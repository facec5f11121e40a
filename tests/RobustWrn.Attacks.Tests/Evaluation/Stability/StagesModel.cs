using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A network of given stages, then a linear layer on the flattened features.</summary>
internal sealed class StagesModel(params Func<Tensor, Tensor>[] stages) : nn.Module<Tensor, Tensor>(nameof(StagesModel)), IStagedNetwork
{
    public override Tensor forward(Tensor input) => ForwardByStage(input, (_, _) => { });

    public Tensor ForwardByStage(Tensor input, Action<string, Tensor> observe)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = input;
        for (int i = 0; i < stages.Length; i++)
        {
            features = stages[i](features);
            observe($"stage {i + 1}", features);
        }
        return features.flatten(1).Plus(zeros(1, features.dtype)).MoveToOuterDisposeScope();
    }
}
