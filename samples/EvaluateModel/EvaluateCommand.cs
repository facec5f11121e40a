using System.CommandLine;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Samples;

namespace EvaluateModel;

/// <summary>The program: reads the command line, checks all of it, evaluates, writes.</summary>
public static class EvaluateCommand
{
    /// <summary>Something in the command line, or in a file it names, is wrong.</summary>
    public const int BadArguments = CommandLine.BadArguments;

    /// <summary>The run was stopped, as by Ctrl-C.</summary>
    public const int Stopped = StopRequest.Stopped;

    private static readonly Option<string?> Spec = new("--spec") { Description = $"the network: {NamedNetwork.Ways}; default: the spec that the weights file carries" };
    private static readonly Option<int?> Stem = WholeNumber.Int("--stem", "16", "instead of --spec: channels of the stem");
    private static readonly Option<string?> Depths = new("--depths") { Description = "instead of --spec: blocks of each stage, such as 5,5,5" };
    private static readonly Option<string?> Channels = new("--channels") { Description = "instead of --spec: channels of each stage, such as 320,640,512" };
    private static readonly Option<int?> Classes = WholeNumber.Int("--classes", "10", "classes of a preset or of --stem, --depths, --channels (default 10)");
    private static readonly Option<string?> Mean = new("--mean") { Description = "what the network takes off each channel of pixels in [0, 1], such as 0.4914,0.4822,0.4465 (default: what its spec says, nothing for presets)" };
    private static readonly Option<string?> Deviation = new("--std") { Description = "what it divides each channel by then, such as 0.2471,0.2435,0.2616" };
    private static readonly Option<string?> Weights = new("--weights") { Description = "the weights: safetensors, or a .pth of PyTorch; the names of TRADES, Gowal et al. and Lu et al. are recognised" };
    private static readonly Option<string?> Entry =
        new("--entry") { Description = "the entry of a checkpoint, such as ema_state_dict (default: the network itself)" };
    private static readonly Option<string?> Names =
        new("--names") { Description = $"whose names the weights have: {string.Join(", ", WeightsChoice.KnownNames)} (default: recognised)" };
    private static readonly Option<string[]> Skip =
        new("--skip") { Description = "what of the file is left out, such as ema.* or normalize.*", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string?> Data = new("--data") { Description = "synthetic, or the folder of CIFAR-10 or CIFAR-100 in its binary layout" };
    private static readonly Option<long?> Examples = WholeNumber.Long("--examples", "1000", "the first N test images (default: all; 1000 synthetic ones)");
    private static readonly Option<string> Norm = new("--norm") { Description = "linf, l2, l1, or the name in files of a norm of your own", DefaultValueFactory = _ => "linf" };
    private static readonly Option<string?> Epsilon = new("--eps") { Description = "the radius for pixels in [0, 1], such as 8/255 (default: 8/255 for linf, 0.5 for l2, 12 for l1)" };
    private static readonly Option<string?> Curve = new("--eps-curve") { Description = "instead of --eps: several radii, such as 2/255,4/255,8/255" };
    private static readonly Option<string[]> Attacks = new("--attack")
    {
        Description = $"one or more of {string.Join(", ", AttackNames.Known)}; several run one after another on what is left (default: pgd)",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string?> Suite = new("--suite") { Description = "instead of --attack: a file with a suite of attacks and their settings, as JSON" };
    private static readonly Option<int?> Steps = WholeNumber.Int("--steps", "20", "steps of the attacks that have steps (default: what each was published with)");
    private static readonly Option<int?> Restarts = WholeNumber.Int("--restarts", "5", "restarts of the attacks that have restarts (default 1)");
    private static readonly Option<string?> Surrogate = new("--surrogate") { Description = "weights of another network that the attacker may look into, for --attack transfer" };
    private static readonly Option<string?> SurrogateSpec = new("--surrogate-spec") { Description = "its network, as --spec; default: the spec that its weights file carries" };
    private static readonly Option<string?> SurrogateEntry = new("--surrogate-entry") { Description = "as --entry, for its weights" };
    private static readonly Option<string?> SurrogateNames = new("--surrogate-names") { Description = "as --names, for its weights" };
    private static readonly Option<string[]> SurrogateSkip =
        new("--surrogate-skip") { Description = "as --skip, for its weights", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<long?> Seed = WholeNumber.Long("--seed", "1", "the seed of the random starts (default: 0)");
    private static readonly Option<bool> BFloat16 = new("--search-bf16") { Description = "attacks search in bfloat16, for processors that multiply it; successes are confirmed in float32, and no standard is claimed" };
    private static readonly Option<int?> Batch = WholeNumber.Int("--batch", "100", "images attacked together (default: as many as fit into memory, at most 128)");
    private static readonly Option<string?> Journal = new("--journal") { Description = "a folder that keeps what is done: the same command goes on there after it was stopped or killed" };
    private static readonly Option<string?> Out = new("--out") { Description = "where the result goes, as JSON" };
    private static readonly Option<string?> Timing = new("--timing") { Description = "where the times go, as JSON; the result has none, so that it can be compared byte by byte" };
    private static readonly Option<string?> Save = new("--save-adversarial") { Description = "where the adversarial images go, as safetensors" };

    /// <summary>Runs the program.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        RootCommand command = new("Attacks a trained wide residual network on CIFAR test images and says how often it stays right.")
        {
            Spec, Stem, Depths, Channels, Classes, Mean, Deviation, Weights, Entry, Names, Skip, Data, Examples, Norm, Epsilon, Curve,
            Attacks, Suite, Steps, Restarts, Surrogate, SurrogateSpec, SurrogateEntry, SurrogateNames, SurrogateSkip, Seed, Batch, BFloat16,
            Journal, Out, Timing, Save,
        };
        return await CommandLine.RunAsync(command, args, output, error, (parsed, token) => Task.FromResult(Evaluate(Read(parsed), output, error, token)), cancellationToken);
    }

    private static Choices Read(ParseResult parsed) => new()
    {
        Network = new NetworkChoice(parsed.GetValue(Spec), parsed.GetValue(Stem), parsed.GetValue(Depths), parsed.GetValue(Channels),
            parsed.GetValue(Classes))
        {
            Mean = parsed.GetValue(Mean),
            Deviation = parsed.GetValue(Deviation),
            From = new WeightsChoice { Entry = parsed.GetValue(Entry), Names = parsed.GetValue(Names), Skip = parsed.GetValue(Skip) ?? [] },
        },
        Weights = parsed.GetValue(Weights),
        Data = parsed.GetValue(Data),
        Examples = parsed.GetValue(Examples),
        Threat = new ThreatChoice(parsed.GetValue(Norm)!, parsed.GetValue(Epsilon), parsed.GetValue(Curve)),
        Attacks = new AttackChoice(parsed.GetValue(Attacks) ?? [], parsed.GetValue(Suite), parsed.GetValue(Steps), parsed.GetValue(Restarts)),
        Surrogate = parsed.GetValue(Surrogate),
        SurrogateNetwork = new NetworkChoice(parsed.GetValue(SurrogateSpec), null, null, null, parsed.GetValue(SurrogateSpec) is null ? null : parsed.GetValue(Classes))
        {
            WeightsOption = Surrogate.Name,
            SpecOption = SurrogateSpec.Name,
            From = new WeightsChoice
            {
                Option = "--surrogate-",
                Entry = parsed.GetValue(SurrogateEntry),
                Names = parsed.GetValue(SurrogateNames),
                Skip = parsed.GetValue(SurrogateSkip) ?? [],
            },
        },
        Seed = parsed.GetValue(Seed) ?? 0,
        Batch = parsed.GetValue(Batch),
        BFloat16 = parsed.GetValue(BFloat16),
        Journal = parsed.GetValue(Journal),
        Output = parsed.GetValue(Out),
        Timing = parsed.GetValue(Timing),
        Adversarial = parsed.GetValue(Save),
    };

    private static int Evaluate(Choices choices, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            using Setup? setup = Setup.From(choices, out IReadOnlyList<string> problems);
            if (setup is null)
                return CommandLine.Refuse(error, problems);
            using Destinations taken = Destinations.Take(choices);
            setup.Run(output, cancellationToken);
            return 0;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine(choices.Journal is null ? "Stopped; nothing was written." : $"Stopped; what is done stands in {choices.Journal}, and the same command goes on there.");
            return Stopped;
        }
        catch (EvaluationJournalException e)
        {
            return CommandLine.Refuse(error, [$"--journal: {e.Message}"]);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or NonFiniteLogitsException or NonFiniteGradientException
            or AttackRefusedException or TorchNativeException)
        {
            error.WriteLine(e.Message);
            return CommandLine.Failed;
        }
    }
}
