using System.Runtime.Intrinsics.X86;

namespace RobustWrn.Testing;

/// <summary>
/// A processor that this one can stand for: the widest instructions that libtorch's own kernels, oneDNN and MKL may choose. Results in
/// float32 differ from one to another.
/// </summary>
/// <param name="Capability">As ATEN_CPU_CAPABILITY names it.</param>
/// <param name="OneDnn">As ONEDNN_MAX_CPU_ISA names it.</param>
/// <param name="Mkl">As MKL_ENABLE_INSTRUCTIONS names it.</param>
internal sealed record Processor(string Capability, string OneDnn, string Mkl)
{
    private const string CapabilityVariable = "ATEN_CPU_CAPABILITY";

    private static bool HasAvx2 => Avx2.IsSupported && Fma.IsSupported;

    private static bool HasAvx512 => HasAvx2 && Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported;

    /// <summary>From the oldest to this machine's own.</summary>
    public static IReadOnlyList<Processor> Offered { get; } =
    [
        new("default", "SSE41", "SSE4_2"),
        .. HasAvx2 ? [new("avx2", "AVX2", "AVX2")] : Array.Empty<Processor>(),
        .. HasAvx512 ? [new("avx512", "AVX512_CORE", "AVX512")] : Array.Empty<Processor>(),
    ];

    /// <summary>Those that this process does not run on already.</summary>
    public static IReadOnlyList<Processor> Others { get; } = [.. Offered.Where(processor => processor.Capability != OfThisProcess)];

    private static string OfThisProcess => Environment.GetEnvironmentVariable(CapabilityVariable) is { Length: > 0 } asked ? asked : Offered[^1].Capability;

    public IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        [CapabilityVariable] = Capability,
        ["ONEDNN_MAX_CPU_ISA"] = OneDnn,
        ["MKL_ENABLE_INSTRUCTIONS"] = Mkl,
    };
}
