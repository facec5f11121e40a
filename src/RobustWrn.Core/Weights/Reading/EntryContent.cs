namespace RobustWrn.Core;

/// <summary>The tensors of an entry of a file, unread.</summary>
/// <param name="Path">Where the entry stands; empty for the file itself.</param>
/// <param name="Tensors">Its tensors.</param>
/// <param name="Objects">What stands among them and is none that can be read, in words.</param>
/// <param name="Beside">Vectors in the dictionaries around it whose names are those of a mean and a std.</param>
internal sealed record EntryContent(string Path, IReadOnlyList<StridedTensor> Tensors, IReadOnlyDictionary<string, string> Objects,
    IReadOnlyList<StridedTensor> Beside);
