using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace RobustWrn.Architecture.Tests;

/// <summary>No library calls anything of TorchSharp that draws from, seeds or reads torch's global generator, on any path.</summary>
public sealed class RandomnessTests
{
    private static readonly HashSet<string> Drawing = new(StringComparer.Ordinal)
    {
        // tensors
        "rand", "rand_like", "randn", "randn_like", "randint", "randint_like", "randperm", "normal", "bernoulli", "multinomial", "poisson",
        "normal_", "uniform_", "bernoulli_", "random_", "exponential_", "geometric_", "cauchy_", "log_normal_", "rrelu", "rrelu_", "gumbel_softmax",
        // the generator itself
        "manual_seed", "seed", "initial_seed", "get_rng_state", "set_rng_state", "fork_rng", "Generator",
        // layers that draw when they are made or called
        "dropout", "dropout_", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout", "fractional_max_pool2d", "fractional_max_pool3d",
        "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "RReLU", "FractionalMaxPool2d", "FractionalMaxPool3d",
        "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Linear", "Bilinear", "Embedding", "EmbeddingBag",
        "RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell", "MultiheadAttention", "Transformer", "TransformerEncoder", "TransformerDecoder",
        // initialisation
        "kaiming_normal_", "kaiming_uniform_", "xavier_normal_", "xavier_uniform_", "orthogonal_", "sparse_", "trunc_normal_",
    };

    [Theory]
    [MemberData(nameof(Libraries.Data), MemberType = typeof(Libraries))]
    public void Library_CallsIntoTorchSharp_NeverReachTheGlobalGenerator(string library) =>
        Libraries.AssertNone(CallsIntoTorchSharp(library)
            .Where(call => Drawing.Contains(call.Member) || Drawing.Contains(call.Type) || call.Type.StartsWith("distributions", StringComparison.Ordinal))
            .Select(call => $"{library} uses {call.Type}.{call.Member}: draw from a RandomStream"));

    [Fact]
    public void CallsIntoTorchSharp_OfCore_AreFound() => Assert.Contains(CallsIntoTorchSharp("RobustWrn.Core"), call => call.Member == "conv2d");

    // Every member of another assembly that an assembly mentions stands in its table of member references, whatever the path to it.
    private static List<(string Type, string Member)> CallsIntoTorchSharp(string library)
    {
        using var file = new PEReader(File.OpenRead(Libraries.Load(library).Location));
        MetadataReader metadata = file.GetMetadataReader();
        List<(string, string)> calls = [];
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference && IsTorchSharp(metadata, (TypeReferenceHandle)member.Parent))
                calls.Add((metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name), metadata.GetString(member.Name)));
        }
        return calls;
    }

    private static bool IsTorchSharp(MetadataReader metadata, TypeReferenceHandle handle)
    {
        TypeReference type = metadata.GetTypeReference(handle);
        return type.ResolutionScope.Kind switch
        {
            HandleKind.TypeReference => IsTorchSharp(metadata, (TypeReferenceHandle)type.ResolutionScope),
            HandleKind.AssemblyReference => metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name) == "TorchSharp",
            _ => false,
        };
    }
}
