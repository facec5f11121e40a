using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>The spectral norms of a stage, summarised. Normalisation, activations and shortcuts are left out: the product bounds nothing, it compares stages.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Layers">How many convolutions and linear layers compute in it.</param>
/// <param name="Product">The product of their norms.</param>
/// <param name="Maximum">The largest of their norms.</param>
public sealed record StageSpectralNorms(string Stage, int Layers, double Product, double Maximum)
{
    /// <summary>The stage and its norms.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Stage}: {Quantity.Of(Layers, "layer")}, product of norms {Product:g4}, largest {Maximum:g4}");
}
