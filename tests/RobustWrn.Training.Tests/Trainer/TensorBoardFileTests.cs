using System.Buffers.Binary;
using System.Text;

namespace RobustWrn.Training.Tests;

public class TensorBoardFileTests
{
    /// <summary>The check value of CRC-32C, E3069283 for "123456789" (RFC 3720), masked by hand.</summary>
    [Fact]
    public void Masked_CheckText_IsThePublishedValueMasked()
    {
        const uint Crc = 0xE3069283;

        Assert.Equal(unchecked(((Crc >> 15) | (Crc << 17)) + 0xA282EAD8u), TensorBoardFile.Masked("123456789"u8));
    }

    /// <summary>The first record of every file that TensorFlow writes at time 0: its version.</summary>
    [Fact]
    public void Write_NoEpochs_IsTheVersionRecord()
    {
        using ScratchFolder folder = new();
        TensorBoardFile.Write(folder["events"], []);

        byte[] content = [0x09, .. new byte[8], 0x1A, 13, .. "brain.Event:2"u8];
        byte[] length = [24, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal([.. length, .. Masked(length), .. content, .. Masked(content)], File.ReadAllBytes(folder["events"]));

        static byte[] Masked(byte[] bytes) => BitConverter.GetBytes(TensorBoardFile.Masked(bytes));
    }

    [Fact]
    public void Write_Epochs_CanBeReadBackFieldByField()
    {
        using ScratchFolder folder = new();
        EpochMetrics first = new()
        {
            Epoch = 1,
            Loss = 1.5,
            Parts = [new PartMean("robust", 0.25)],
            LearningRate = 0.125,
            GradientNorm = 3,
            Clean = new(3, 4),
            Robust = new(1, 4),
            Elapsed = TimeSpan.FromSeconds(2),
        };
        TensorBoardFile.Write(folder["events"], [first, first with { Epoch = 300, Average = new AverageMetrics(new(4, 4), new(2, 4)), Times = new EpochTimes(default, TimeSpan.FromSeconds(1), default, default) }]);

        List<(double Time, long Step, Dictionary<string, float> Values)> events = Read(File.ReadAllBytes(folder["events"]));

        Assert.Equal([(0.0, 0L), (2, 1), (4, 300)], events.Select(read => (read.Time, read.Step)));
        Assert.Empty(events[0].Values);
        Assert.Equal(
            new Dictionary<string, float> { ["loss/total"] = 1.5f, ["loss/robust"] = 0.25f, ["step/learning_rate"] = 0.125f, ["step/gradient_norm"] = 3, ["validation/clean"] = 0.75f, ["validation/robust"] = 0.25f },
            events[1].Values);
        Assert.Equal(0.5f, events[2].Values["validation/average_robust"]);
        Assert.Equal(1, events[2].Values["seconds/attack"]);
    }

    // A reader of protocol buffers that knows lengths, and nothing of how the file was written.
    private static List<(double Time, long Step, Dictionary<string, float> Values)> Read(byte[] file)
    {
        List<(double, long, Dictionary<string, float>)> events = [];
        for (int at = 0; at < file.Length;)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at));
            byte[] content = file[(at + 12)..(at + 12 + length)];
            Assert.Equal(TensorBoardFile.Masked(file.AsSpan(at, 8)), BitConverter.ToUInt32(file, at + 8));
            Assert.Equal(TensorBoardFile.Masked(content), BitConverter.ToUInt32(file, at + 12 + length));
            at += 16 + length;
            (double time, long step, Dictionary<string, float> values) = (0, 0, []);
            foreach ((int field, byte[] value) in Fields(content))
            {
                if (field == 1)
                    time = BitConverter.ToDouble(value);
                else if (field == 2)
                    step = BitConverter.ToInt64(value);
                else if (field == 5)
                {
                    foreach ((_, byte[] entry) in Fields(value))
                    {
                        Dictionary<int, byte[]> named = Fields(entry).ToDictionary(pair => pair.Field, pair => pair.Value);
                        values.Add(Encoding.UTF8.GetString(named[1]), BitConverter.ToSingle(named[2]));
                    }
                }
            }
            events.Add((time, step, values));
        }
        return events;
    }

    private static IEnumerable<(int Field, byte[] Value)> Fields(byte[] message)
    {
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint();
            int length = (key & 7) switch { 1 => 8, 5 => 4, 2 => (int)Varint(), _ => 0 };
            byte[] value = (key & 7) == 0 ? BitConverter.GetBytes(Varint()) : message[at..(at + length)];
            at += length;
            yield return ((int)(key >> 3), value);

            ulong Varint()
            {
                ulong read = 0;
                for (int shift = 0; ; shift += 7)
                {
                    byte next = message[at++];
                    read |= (ulong)(next & 0x7F) << shift;
                    if (next < 0x80)
                        return read;
                }
            }
        }
    }
}
