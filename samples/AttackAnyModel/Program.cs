using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;
var layer = new ConvolutionLayer(3, 4, 3, 1, 1);
Console.WriteLine(layer.Weight.IsInvalid + " a");
layer.Draw(RandomStream.From(1));
Console.WriteLine(layer.Weight.IsInvalid + " b");
layer.to(ScalarType.Float64);
Console.WriteLine(layer.Weight.IsInvalid + " c");
