namespace RobustWrn.Core.Tests;

public class KeyMapTests
{
    public static TheoryData<string> Maps => [.. DescriptionTypes.Implementing(typeof(IKeyMap)).Keys];

    // Every name a network here may have: three and four stages, blocks with scales and squeeze-and-excitation, learned activations, both stems.
    private static readonly string[] Library =
    [
        "stem_conv.weight", "stem_conv.0.weight", "stem_conv.1.running_mean", "bn1.weight", "bn1.running_var", "bn1.num_batches_tracked", "act.weight", "fc.weight", "fc.bias",
        .. from stage in Enumerable.Range(0, 4)
           from block in new[] { 0, 1, 9, 10, 31 }
           from part in new[]
           {
               "bn1.weight", "bn1.running_mean", "act1.weight", "conv1.weight", "bn2.bias", "act2.weight", "conv2.weight", "conv2.0.weight", "bn3.weight", "bn3.1.running_var", "conv3.weight",
               "se_bn.weight", "se.fc.0.weight", "se.fc.2.weight", "convShortcut.weight",
           }
           select $"blocks.{stage}.layer.{block}.{part}",
    ];

    [Theory]
    [MemberData(nameof(Maps))]
    public void ToForeign_AnyNameOfTheLibrary_ComesBackAndStaysUnique(string type)
    {
        IKeyMap map = Create(type);

        Assert.All(Library, name => Assert.Equal(name, map.ToLibrary(map.ToForeign(name))));
        Assert.Equal(Library.Length, Library.Select(map.ToForeign).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Maps))]
    public void Recognizes_NamesWrittenByEachMap_AreOnlyItsOwn(string type)
    {
        string[] names = [.. Library.Select(Create(type).ToForeign)];

        Assert.Equal([type], DescriptionTypes.Implementing(typeof(IKeyMap)).Keys.Where(other => Create(other).Recognizes(names)));
        Assert.DoesNotContain(DescriptionTypes.Implementing(typeof(IKeyMap)).Keys, other => Create(other).Recognizes(["features.0.weight", "classifier.weight", "layer1.0.conv1.weight", "conv1.weight"]));
    }

    [Theory]
    [InlineData("trades", "conv1.weight", "stem_conv.weight")]
    [InlineData("trades", "block1.layer.0.bn1.running_mean", "blocks.0.layer.0.bn1.running_mean")]
    [InlineData("trades", "block3.layer.10.convShortcut.weight", "blocks.2.layer.10.convShortcut.weight")]
    [InlineData("trades", "bn1.weight", "bn1.weight")]
    [InlineData("trades", "sub_block1.layer.0.conv1.weight", null)]
    [InlineData("trades", "other.conv1.weight", "other.conv1.weight")]
    [InlineData("gowal", "init_conv.weight", "stem_conv.weight")]
    [InlineData("gowal", "layer.2.block.11.batchnorm_1.num_batches_tracked", "blocks.2.layer.11.bn2.num_batches_tracked")]
    [InlineData("gowal", "layer.0.block.0.batchnorm_0.bias", "blocks.0.layer.0.bn1.bias")]
    [InlineData("gowal", "layer.0.block.0.conv_0.weight", "blocks.0.layer.0.conv1.weight")]
    [InlineData("gowal", "layer.0.block.0.conv_1.weight", "blocks.0.layer.0.conv2.weight")]
    [InlineData("gowal", "layer.1.block.0.shortcut.weight", "blocks.1.layer.0.convShortcut.weight")]
    [InlineData("gowal", "batchnorm.running_var", "bn1.running_var")]
    [InlineData("gowal", "logits.bias", "fc.bias")]
    [InlineData("gowal", "layer.0.block.3.se.fc1.bias", "blocks.0.layer.3.se.fc.0.bias")]
    [InlineData("gowal", "mean", null)]
    [InlineData("lu", "norm1.weight", "bn1.weight")]
    [InlineData("lu", "blocks.1.layer.0.shortcut.0.weight", "blocks.1.layer.0.convShortcut.weight")]
    [InlineData("lu", "blocks.1.layer.0.se.fc.2.weight", "blocks.1.layer.0.se.fc.2.weight")]
    [InlineData("lu", "blocks.1.layer.0.norm1.weight", "blocks.1.layer.0.norm1.weight")]
    public void ToLibrary_PublishedName_IsTheOneHere(string type, string theirs, string? ours) => Assert.Equal(ours, Create(type).ToLibrary(theirs));

    private static IKeyMap Create(string type) => (IKeyMap)Activator.CreateInstance(DescriptionTypes.Implementing(typeof(IKeyMap))[type])!;
}
