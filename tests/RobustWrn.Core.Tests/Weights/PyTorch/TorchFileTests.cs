using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Files of a real PyTorch, in both of its formats.</summary>
public class TorchFileTests
{
    [Theory]
    [InlineData("network")]
    [InlineData("network_legacy")]
    public void Load_StateDictOfPyTorch_GivesItsLogits(string file)
    {
        using Classifier classifier = TorchFixture.Spec.Build(0);

        WeightsReport report = NetworkWeights.Load(classifier, TorchFixture.Path(file));

        Assert.Equal(new WeightsReport { Source = TorchFixture.Path(file) }, report);
        TorchFixture.AssertGivesTheLogitsOfPyTorch(classifier);
    }

    [Theory]
    [InlineData("types")]
    [InlineData("types_legacy")]
    public void Read_EveryElementType_HasItsValues(string file)
    {
        using NamedTensors read = PyTorchFile.Read(TorchFixture.Path(file));

        (string, ScalarType)[] types =
        [
            ("float64", ScalarType.Float64), ("float32", ScalarType.Float32), ("float16", ScalarType.Float16), ("bfloat16", ScalarType.BFloat16), ("int64", ScalarType.Int64),
            ("int32", ScalarType.Int32), ("int16", ScalarType.Int16), ("int8", ScalarType.Int8), ("uint8", ScalarType.Byte), ("complex64", ScalarType.ComplexFloat32), ("complex128", ScalarType.ComplexFloat64),
        ];
        Assert.All(types, type =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor tensor = read[type.Item1];
            Assert.Equal(type.Item2, tensor.dtype);
            Assert.Equal([2, 3], tensor.shape);
            Assert.Equal([0, 1, 2, 3, 4, 5], TorchFixture.Values(tensor.is_complex() ? tensor.real : tensor));
        });
        Assert.Equal([false, true, true, true, true, true], read["bool"].data<bool>().ToArray());
        Assert.Equal(2.5f, read["scalar"].item<float>());
        Assert.Equal([0, 4], read["empty"].shape);
    }

    [Theory]
    [InlineData("views")]
    [InlineData("views_legacy")]
    public void Read_ViewsStridesAndSharedStorages_AreWhatTheyWere(string file)
    {
        using DisposeScope scope = NewDisposeScope();
        using NamedTensors read = PyTorchFile.Read(TorchFixture.Path(file));
        Tensor whole = ScalarArithmetic.Counting(24).to(ScalarType.Float32), matrix = whole.reshape(4, 6), cube = ScalarArithmetic.Counting(120).to(ScalarType.Float32).reshape(2, 3, 4, 5);

        Assert.True(read["whole"].Equals(whole));
        Assert.True(read["tail"].Equals(whole[10..]));
        Assert.True(read["matrix"].Equals(matrix));
        Assert.True(read["transposed"].Equals(matrix.t()));
        Assert.Equal([1, 6], read["transposed"].stride());
        Assert.Equal([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23], TorchFixture.Values(read["every_other"]));
        Assert.True(read["corner"].Equals(matrix[1..3, 2..4]));
        Assert.Equal([3, 3, 3, 4, 4, 4], TorchFixture.Values(read["expanded"]));
        Assert.True(read["channels_last"].Equals(cube));
        Assert.Equal([60, 1, 15, 3], read["channels_last"].stride());
        Assert.Equal([0, 1, 2], TorchFixture.Values(read["parameter"]));
        Assert.Equal([0, 1], TorchFixture.Values(read["frozen"]));
        Assert.Equal([500, 501, 502], TorchFixture.Values(read["alone"]));
        read["whole"].FillInPlace(7);
        Assert.Equal([7, 7, 7, 7], TorchFixture.Values(read["corner"]));
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("checkpoint_legacy")]
    public void Load_CheckpointWithObjectsBesideTheWeights_TakesTheModelAndReportsTheAverage(string file)
    {
        using Classifier classifier = TorchFixture.Spec.Build(0), averaged = TorchFixture.Spec.Build(0);

        WeightsReport report = NetworkWeights.Load(classifier, TorchFixture.Path(file));
        WeightsReport other = NetworkWeights.Load(averaged, TorchFixture.Path(file), new WeightsOptions { Entry = "ema_state_dict" });

        Assert.Equal(new WeightsReport { Source = TorchFixture.Path(file), Entry = "model_state_dict", OtherEntries = ["ema_state_dict"], Prefix = "module." }, report);
        Assert.Equal(("ema_state_dict", ""), (other.Entry, other.Prefix));
        TorchFixture.AssertGivesTheLogitsOfPyTorch(classifier);
        using DisposeScope scope = NewDisposeScope();
        Assert.True(averaged.Network.state_dict()["fc.weight"].Equals(classifier.Network.state_dict()["fc.weight"].Times(2)));
    }

    [Fact]
    public void Open_Checkpoint_TellsItsEntriesAndTheNumbersBesideThem()
    {
        using WeightsFile file = WeightsFile.Open(TorchFixture.Path("checkpoint"));

        Assert.Equal(["model_state_dict", "ema_state_dict"], file.Entries);
        Assert.Equal([("best_acc", "0.5625"), ("epoch", "7"), ("hash", "1180591620717411303424")], file.Metadata.Select(pair => (pair.Key, pair.Value)).Order());
    }

    [Theory]
    [InlineData("optimizer.best", "has no entry \"optimizer.best\". There are: model_state_dict, ema_state_dict.")]
    [InlineData("optimizer.param_groups", "its entry optimizer.param_groups is a list without tensors.")]
    [InlineData("args", "its entry args is a pickled argparse.Namespace without tensors.")]
    public void Read_EntryWithoutWeights_IsRefusedByNameAndListsTheOthers(string entry, string reason)
    {
        using WeightsFile file = WeightsFile.Open(TorchFixture.Path("checkpoint"));

        Assert.Contains(reason, Assert.Throws<WeightsFileException>(() => file.Read(entry)).Message);
    }

    [Fact]
    public void Load_PickledNetwork_IsRefusedByItsName()
    {
        using Classifier classifier = TorchFixture.Spec.Build(0);

        WeightsFileException error = Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(classifier, TorchFixture.Path("module")));

        Assert.Equal($"{TorchFixture.Path("module")} cannot be read: its entry net is a pickled __main__.Network, which is never constructed. Save its state_dict().", error.Message);
    }

    [Theory]
    [InlineData("numpy")]
    [InlineData("numpy_protocol5")]
    public void Read_ArraysAndNumbers_AreTensors(string file)
    {
        using NamedTensors read = PyTorchFile.Read(TorchFixture.Path(file), "weights");

        Assert.Equal([0, 1, 2, 3, 4, 5], TorchFixture.Values(read["f8"]));
        Assert.Equal([2, 3], read["f4_fortran"].shape);
        Assert.Equal([0, 1, 2, 3, 4, 5], TorchFixture.Values(read["f4_fortran"]));
        Assert.Equal([0L, 1, 2, 3, 4, 5], read["i8_big_endian"].data<long>().ToArray());
        Assert.Equal([true, false], read["b1"].data<bool>().ToArray());
        Assert.Equal((ScalarType.Byte, ScalarType.Float16), (read["u1"].dtype, read["f2"].dtype));
        Assert.Equal([0, 1, 2], TorchFixture.Values(read["f2"]));
        Assert.Equal((1.5f, -7L, 3L, 2.0), (read["scalar_f4"].item<float>(), read["scalar_i8"].item<long>(), read["number"].item<long>(), read["zero_d"].item<double>()));
        Assert.Equal("é and 😀", read.Metadata["text"]);
    }
}
