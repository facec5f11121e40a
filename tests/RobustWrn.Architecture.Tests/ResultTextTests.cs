using System.Reflection;
using System.Runtime.CompilerServices;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn.Architecture.Tests;

/// <summary>
/// <c>Console.WriteLine(result)</c> is one short text, whatever the result and the culture: what a record prints by itself is its type's
/// name and all that it
/// holds, thousands of images or a tensor among it.
/// </summary>
public sealed class ResultTextTests
{
    private const int MostLines = 12, MostCharacters = 1_200;

    // What a user gives and nobody prints: parts of descriptions, what a run is given, what is handed to what users write.
    private static readonly HashSet<Type> GivenByTheUser =
    [
        typeof(StageSpec), typeof(StemSpec), typeof(VggStage), typeof(DenseNetStage), typeof(Normalization), typeof(WideResNetBuilder),
            typeof(BlockShape),
        typeof(TrainingSplits), typeof(TrainingOptions), typeof(RateDrop), typeof(ParetoObjective<>), typeof(AttackContext),
            typeof(AttackGoal), typeof(GradientAscent),
        typeof(ObjectiveContext), typeof(SamplerContext), typeof(ImagePairs), typeof(PairContext), typeof(RenormBall),
            typeof(EvaluationOptions), typeof(SensitivityOptions), typeof(StudyOptions), typeof(MeasuredNetwork), typeof(RobustExperiment),
    ];

    // The table of a network's parts is all that it is for; it has a line for each stage.
    private static readonly HashSet<Type> Tables = [typeof(NetworkDescription)];

    // No records, but results: they own tensors.
    private static readonly Type[] Owners = [typeof(EpsilonBrackets), typeof(MinimalPerturbations), typeof(AdversarialImages)];

    public static TheoryData<Type> Results() =>
        [.. Libraries.AllTypes().Where(IsResult).Concat(Owners).OrderBy(type => type.FullName, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Results))]
    public void ToString_OfAResult_IsItsOwn(Type result)
    {
        MethodInfo text = result.GetMethod(nameof(ToString), Type.EmptyTypes)!;
        Assert.True(text.DeclaringType == result && !text.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false),
            $"{result.Name} prints all that it holds: give it a ToString of a few lines, or list it here as something that the user gives");
    }

    [Theory]
    [MemberData(nameof(Results))]
    public void ToString_OfAFullResult_IsShortAndTheSameInEveryCulture(Type result)
    {
        Type type = result.IsGenericTypeDefinition ? result.MakeGenericType(typeof(WideResNetSpec)) : result;
        foreach (bool nullables in (bool[])[true, false])
        {
            object value = new SampleValue(nullables).Of(type)!;
            string text = value.ToString()!;

            Assert.False(string.IsNullOrWhiteSpace(text));
            Assert.True(Tables.Contains(result) || text.Split('\n').Length <= MostLines, $"{text.Split('\n').Length} lines:\n{text}");
            Assert.True(Tables.Contains(result) || text.Length <= MostCharacters, $"{text.Length} characters:\n{text}");
            Assert.DoesNotContain(" { ", text);
            Assert.DoesNotContain("TorchSharp.", text);
            Assert.DoesNotContain("RobustWrn.", text.Replace("RobustWrn.Tests", "", StringComparison.Ordinal));
            Assert.DoesNotContain("`", text);
            Assert.Equal(text, Elsewhere(value));
        }
    }

    [Fact]
    public void ToString_OfAListOfResults_ShowsTheFirstAndSaysHowManyMore()
    {
        ValueList<int> many = Enumerable.Range(0, 1_000).ToValueList();
        Assert.StartsWith("[0, 1, 2, ", many.ToString());
        Assert.EndsWith("and 984 more]", many.ToString());
        Assert.Equal("[1, 2]", ((ValueList<int>)[1, 2]).ToString());
        Assert.Equal("[0.5]", ((ValueList<double>)[0.5]).ToString());
    }

    private static bool IsResult(Type type) =>
        type.IsPublic && Libraries.IsRecord(type) && !type.IsAbstract && !typeof(IDescription).IsAssignableFrom(type)
            && !GivenByTheUser.Contains(type)
        && type.GetInterfaces().All(contract => contract.Namespace?.StartsWith("RobustWrn", StringComparison.Ordinal) != true);

    private static string Elsewhere(object value)
    {
        using ForeignCulture elsewhere = new();
        return value.ToString()!;
    }
}
