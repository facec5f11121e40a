using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>A module of one large parameter.</summary>
internal sealed class LargeLinear : nn.Module
{
    private readonly Parameter weight;

    public LargeLinear(long elements)
        : base(nameof(LargeLinear))
    {
        weight = new Parameter(zeros(elements / 64, 64));
        RegisterComponents();
    }

    public Parameter Weight => weight;
}
