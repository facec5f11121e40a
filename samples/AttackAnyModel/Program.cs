// Attacks a plain TorchSharp module that has nothing to do with this library: a small convolutional network, trained here for a few
// seconds.
using System.CommandLine;
using AttackAnyModel;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Samples;

TorchRuntime.WaitPassively();
RootCommand command = new("Trains a plain TorchSharp module for a few seconds, and attacks it. There is nothing to choose.");
return await StopRequest.RunAsync(token => CommandLine.RunAsync(
    command, args, Console.Out, Console.Error, (_, stop) => Task.FromResult(Run(stop)), token));

static int Run(CancellationToken cancellationToken)
{
    try
    {
        TorchRuntime.EnsureLoaded();
        Attack(cancellationToken);
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped; nothing is kept.");
        return StopRequest.Stopped;
    }
}

static void Attack(CancellationToken cancellationToken)
{
    using DatasetSplits data = new SyntheticImages().Make(train: 2_000, holdOut: 100, test: 300, seed: 1);
    using SmallNet model = new(data.ClassNames.Count, RandomStream.From(1));
    long weights = model.parameters().Sum(parameter => parameter.numel());
    Console.WriteLine($"Training a network of {weights:N0} weights on {data.Training.Train.Count:N0} synthetic images ...");
    PlainTraining.Fit(model, data.Training.Train, epochs: 6, batchSize: 50, cancellationToken);

    // Everything below works for any nn.Module<Tensor, Tensor> from pixels in [0, 1] to logits.
    AttackSuite suite = AttackSuite.Of("three attacks", new Fgsm(), new Pgd { Steps = 20 }, new CwLinf { Steps = 20 });
    foreach (ThreatModel threat in (ThreatModel[])[ThreatModel.Linf(1, outOf: 255), ThreatModel.Linf(4, outOf: 255), ThreatModel.L2(0.5)])
    {
        RobustnessResult result = RobustnessEvaluation.Run(model, data.Test.Open(), threat, suite, cancellationToken: cancellationToken);
        Console.WriteLine();
        Console.WriteLine($"{threat,-14} {"right",6}   95 % interval");
        Console.WriteLine($"{"  unchanged",-14} {result.Clean.Hits,6}   {result.Clean}");
        foreach (AttackTally attack in result.Attacks)
        {
            Proportion left = new(attack.CorrectAfter, result.Clean.Total);
            Console.WriteLine($"{"  after " + attack.Name,-14} {attack.CorrectAfter,6}   {left}");
        }
    }

    // One batch, one attack, towards a class of one's own choice.
    using ImageBatch batch = data.Test.Open().Read([0, 1, 2, 3, 4, 5, 6, 7]);
    Console.WriteLine();
    Console.WriteLine(Targeted.Describe(model, batch, ThreatModel.Linf(8, outOf: 255), target: 3, data.ClassNames));
}
