using EvaluateModel;
using RobustWrn.Core;

namespace RobustWrn.Attacks.Tests;

/// <summary>What samples/EvaluateModel says of arguments and files that it cannot take.</summary>
public sealed class EvaluateModelArgumentTests : EvaluateModelRun
{
    [Theory]
    [InlineData("--names nobodys", "--names must be one of gowal, lu, paper, trades, got nobodys.")]
    [InlineData("--surrogate {folder}/weights.safetensors --surrogate-names nobodys", "--surrogate-names must be one of")]
    [InlineData("--entry ema", "it has no entry \"ema\": a safetensors file has none")]
    [InlineData("--skip head.*", "\"head.*\" fits none")]
    [InlineData("--spec {folder}/spec.json --mean 0.5,0.5,0.5 --std 0.2,0.2,0.2",
        "normalises pixels otherwise than the network: the spec in the file (no normalisation)")]
    [InlineData("--mean 0.5,0.5,0.5", "--mean and --std must come with --spec")]
    [InlineData("--spec {folder}/spec.json --mean 0.5,0.5,0.5", "--std must be one number for each channel")]
    [InlineData("--spec {folder}/spec.json --mean 0.5,0.5 --std 0.2,0.2", "Normalization")]
    [InlineData("--eps 8", "--eps must be in (0, 1] for linf, got 8. Pixels are in [0, 1]: write --eps 8/255.")]
    [InlineData("--eps 8/0", "--eps must be a finite number, and nothing is divided by 0, got 8/0. Write --eps 8/255, or --eps 0.031.")]
    [InlineData("--eps nan", "--eps must be a finite number, got nan. Write --eps 8/255, or --eps 0.031.")]
    [InlineData("--eps 300/255", "--eps must be in (0, 1] for linf, got 300/255. Pixels are in [0, 1]: write --eps 8/255.")]
    [InlineData("--eps=-8/255", "--eps must be above 0, got -8/255. Pixels are in [0, 1]. Write --eps 8/255, or --eps 0.031.")]
    [InlineData("--norm l2 --eps 1e999", "--eps must be a finite number, got 1e999. Write --eps 0.5, or --eps 128/255.")]
    [InlineData("--eps much", "--eps must be a number or a fraction, got much.")]
    [InlineData("--norm l3", "--norm must be of linf, l2, l1")]
    [InlineData("--norm l3", ", got l3. Write --norm linf.")]
    [InlineData("--norm test-loose", "--eps must be given for test-loose, which has no usual radius. Write --eps 0.5.")]
    [InlineData("--norm test-loose --eps 0.1 --attack square,fab,pgd", "Square needs a norm that knows windows of the Square attack, got linf.")]
    [InlineData("--norm test-loose --eps 0.1 --attack square,fab,pgd", "FAB needs a norm that knows the shortest move onto a hyperplane")]
    [InlineData("--norm l1 --eps 0", "--eps must be above 0, got 0.")]
    [InlineData("--eps-curve 2/255,8", "--eps-curve must be in (0, 1] for linf, got 8. Pixels are in [0, 1]: write --eps-curve 8/255.")]
    [InlineData("--eps-curve 2/255,", "--eps-curve must be a number or a fraction, got nothing.")]
    [InlineData("--eps-curve 2/255 --eps 0.1", "--eps must not be given together with --eps-curve, got 0.1 and 2/255. Leave one out.")]
    [InlineData("--eps-curve 2/255 --save-adversarial some", "--save-adversarial must not be given with --eps-curve, got some: run the radius whose images are wanted alone, with --eps.")]
    [InlineData("--attack lucky", "apgd-ce, apgd-dlr, apgd-t, apgd-targeted, autoattack, autoattack-plus, autoattack-rand, cw, cw-l2, cw-linf, deepfool, ")]
    [InlineData("--attack lucky", ", got lucky.")]
    [InlineData("--attack ,", "--attack must name at least one attack, got none.")]
    [InlineData("--attack cw --norm l1", "--attack cw must be run in linf or l2, the norms it is published for, got l1.")]
    [InlineData("--attack transfer", "transfer of PGD-20 must have another network to attack, got none. Add --surrogate FILE.")]
    [InlineData("--surrogate-spec WRN-10-1", "--surrogate-spec must come with the weights, got WRN-10-1 alone. Add --surrogate FILE.")]
    [InlineData("--surrogate nowhere", "--surrogate must name a weights file (safetensors or .pth), but there is no file nowhere.")]
    [InlineData("--suite nowhere.json", "--suite must name a file with a suite of attacks as JSON: Could not find file")]
    [InlineData("--suite {folder}/spec.json", "\"type\" must be one of suite for AttackSuite, got \"")]
    [InlineData("--journal {folder}/spec.json", "--journal must name a folder, but")]
    [InlineData("--steps 0", "--steps must be at least 1, got 0.")]
    [InlineData("--attack fgsm --steps 5", "--steps must come with an attack that has steps to set, got 5 for fgsm.")]
    [InlineData("--attack autoattack --steps 5", "--steps must come with an attack that has steps to set, got 5 for autoattack.")]
    [InlineData("--attack cw --norm l2 --restarts 5", "--restarts must come with an attack that has restarts to set, got 5 for cw.")]
    [InlineData("--examples 13", "--examples must be at most the 12 test images of")]
    [InlineData("--examples 0", "--examples must be at least 1, got 0.")]
    [InlineData("--batch 0", "--batch must be at least 1, got 0.")]
    [InlineData("--spec WRN-29-10", "depth must be 6n + 4")]
    [InlineData("--spec resnet", "--spec must be WRN-depth-widen (WRN-16-4), a preset (WRN-28-10, ")]
    [InlineData("--spec vgg-11 --classes 5", "must fit the network; nothing was loaded.")]
    [InlineData("--spec densenet-121 --classes 0", "Classes: must be at least 2, got 0.")]
    [InlineData("--stem 4 --depths 1,1 --channels 4", "--depths and --channels must have one number for each stage, got 2 and 1.")]
    [InlineData("--stem 4 --depths 1;1 --channels 4,8", "--depths must be whole numbers with commas between them, got 1;1.")]
    [InlineData("--stem 4 --depths 1,1 --channels 4,9", "must fit the network; nothing was loaded.")]
    [InlineData("--stem 4 --depths 1,1 --channels 4,8 --classes 5", "must fit the network; nothing was loaded.")]
    [InlineData("--weights nowhere.safetensors", "--weights must name a weights file (safetensors or .pth), but there is no file nowhere.safetensors.")]
    [InlineData("--data nowhere", "--data: nowhere must be a folder with the files of CIFAR-10")]
    [InlineData("--out {folder}/test_batch.bin/result.json", "test_batch.bin is a file. Choose another place.")]
    [InlineData("--save-adversarial {folder}", "is a folder.")]
    [InlineData("--steps few", "--steps must be a whole number, got few. Write --steps 20.")]
    [InlineData("--steps 3000000000", "--steps must be at most 2147483647, got 3000000000. Write --steps 20.")]
    [InlineData("--seed -5", "--seed must be at least 0, got -5. Write --seed 0, or more.")]
    [InlineData("--seed five", "--seed must be a whole number, got five. Write --seed 1.")]
    [InlineData("--data synthetic --examples 100000000", "--examples must be at most 1000000, got 100000000.")]
    [InlineData("--out {folder}/same --timing {folder}/same", "--out and --timing must name different files")]
    [InlineData("--colour red", "--colour")]
    public async Task Run_BadArgument_SaysRuleValueAndRemedy(string arguments, string message)
    {
        Assert.Equal(EvaluateCommand.BadArguments, await Run(arguments.Replace("{folder}", Folder).Split(' ')));
        Assert.Contains(message, Error.ToString());
        Assert.DoesNotContain("   at ", Error.ToString());
        Assert.DoesNotContain("Nullable", Error.ToString());
        Assert.False(File.Exists(Result));
    }

    [Fact]
    public async Task Run_Help_NamesNoTypeOfTheLanguage()
    {
        Assert.Equal(0, await Run("--help"));

        Assert.All((string[])["`", "System.", "Nullable", "Int32"], part => Assert.DoesNotContain(part, Output.ToString()));
    }

    [Theory]
    [InlineData(0, 1_000, 10, true)]
    [InlineData(100, 1_000, 10, true)]
    [InlineData(125, 1_000, 10, true)]
    [InlineData(150, 1_000, 10, false)]
    [InlineData(285, 1_000, 10, false)]
    [InlineData(1_100, 10_000, 10, true)]
    [InlineData(1_200, 10_000, 10, false)]
    [InlineData(1, 8, 10, true)]
    [InlineData(1, 1, 10, false)]
    [InlineData(110, 10_000, 100, true)]
    [InlineData(55, 100, 2, true)]
    [InlineData(90, 100, 2, false)]
    [InlineData(0, 0, 10, false)]
    public void Warning_CleanAccuracy_IsGivenAtChance(long hits, long total, int classes, bool warned) =>
        Assert.Equal(warned, Guessing.Warning(new Proportion(hits, total), classes) is not null);

    [Fact]
    public async Task Run_SeveralBadArguments_SaysAllAtOnce()
    {
        Assert.Equal(EvaluateCommand.BadArguments, await Run("--eps", "8", "--steps", "0", "--batch", "0", "--data", "nowhere", "--weights", "nowhere"));
        Assert.Equal(5, Error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Run_TruncatedTestFile_SaysSo()
    {
        string file = Path.Combine(Folder, "test_batch.bin");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        Assert.Equal(EvaluateCommand.BadArguments, await Run());
        Assert.Contains("must hold a whole number of CIFAR-10 records of 3073 bytes", Error.ToString());
    }
}
