using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The place of one attack on one block in a journal.</summary>
internal sealed record BlockJournal(EvaluationJournal Journal, long Block, int Attack)
{
    public JournalEntry? Find() => Journal.Find(Block, Attack);

    /// <summary>The images of an entry; null when they are damaged or missing. The caller disposes them.</summary>
    public Tensor? Images(JournalEntry entry) => Journal.Images(entry);

    public void Append(long[] broken, float[] margins, AttackRun run, Tensor? images) => Journal.Append(new JournalEntry(Block, Attack, broken, margins, run), images);
}
