using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// Weights that were moved against the training, until they are moved back (Wu et al. 2020). Its tensors belong to the dispose scope it
/// is made in.
/// </summary>
internal sealed class PerturbedWeights
{
    private readonly List<(Tensor Weight, Tensor Before, Tensor Move)> _moved = [];

    /// <summary>Moves the weights of two and more dimensions.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="gradients">The gradient of each, null for one that the loss does not reach.</param>
    /// <param name="gamma">The length of a move in lengths of its weight.</param>
    public PerturbedWeights(IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor?> gradients, double gamma)
    {
        using IDisposable guard = no_grad();
        for (int i = 0; i < parameters.Count; i++)
        {
            if (parameters[i].dim() < 2 || gradients[i] is not { } gradient)
                continue;
            Tensor weight = parameters[i];
            Tensor move = gradient.reshape(1, -1).EuclideanDirections().reshape(gradient.shape).mul_(weight.norm().TimesInPlace(gamma));
            _moved.Add((weight, weight.clone(), move));
            weight.PlusInPlace(move);
        }
    }

    /// <summary>Takes the moves back after the optimiser's step, which stays.</summary>
    public void TakeBack()
    {
        using IDisposable guard = no_grad();
        foreach ((Tensor weight, _, Tensor move) in _moved)
            weight.PlusInPlace(move, -1);
    }

    /// <summary>Restores the weights as they were, to the bit, where no step was taken.</summary>
    public void Undo()
    {
        using IDisposable guard = no_grad();
        foreach ((Tensor weight, Tensor before, _) in _moved)
            weight.copy_(before);
    }
}
