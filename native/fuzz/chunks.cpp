// Fuzz target: any bytes as a chunk, and any bytes as what befalls a series.
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <vector>

#include "../chunks/windows.hpp"

namespace {

using namespace emberline::chunks;
using Bytes = std::vector<std::uint8_t>;

constexpr std::int64_t offsets[] = {0, 0, 0, 60'000}, lengths[] = {1, 60'000, 3'600'000, 300'000};
constexpr emberline::ranges::Profile profile{false, false, true, false};

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

std::vector<Sample> decoded(const Bytes& chunk, Fault& fault) {
    std::vector<Sample> samples;
    Decoder decoder;
    fault = chunk.size() < header ? Fault::truncated : Fault::none;
    while (fault == Fault::none && decoder.read() < count_of(chunk)) {
        Sample sample{};
        fault = decoder.next(chunk, sample);
        require(decoder.offset() <= chunk.size(), "a fault lies in the chunk");
        if (fault == Fault::none) samples.push_back(sample);
    }
    return samples;
}

bool same(const Sample& left, const Sample& right) { return left.time == right.time && left.bits == right.bits; }

// What could be read, written and read again, is the same; and any beginning of a chunk reads as far as it goes.
void check_chunk(const Bytes& chunk) {
    Fault fault{};
    const std::vector<Sample> samples = decoded(chunk, fault);
    Bytes written(header);
    Appender appender;
    for (const Sample& sample : samples) appender.append(written, sample);
    const std::vector<Sample> again = decoded(written, fault);
    require(fault == Fault::none, "what was written reads back");
    require(std::equal(samples.begin(), samples.end(), again.begin(), again.end(), same), "bit for bit");
    written.resize(written.size() / 2 + 1);
    const std::vector<Sample> part = decoded(written, fault);
    require(part.size() <= samples.size(), "half a chunk holds no more");
    require(std::equal(part.begin(), part.end(), samples.begin(), same), "and the same");
}

// A series, and what must be in it.
class Course {
public:
    Course() : column_(*history_.find(history_.add())), moving_(series, offsets, lengths, profile) {}

    void run(std::span<const std::uint8_t> script) {
        for (std::size_t at = 0; at + 1 < script.size(); at += 2) {
            const std::uint8_t much = script[at + 1];
            switch (script[at] % 16) {
                case 0: forget(now_ - std::int64_t{much} * 60'000); break;
                case 1: look(); break;
                case 2: history_.count(column_); counted_ = true; break;
                case 3: append(emberline::ranges::stale_bits); break;
                case 4: value_ = much; break;
                case 5: now_ += std::int64_t{much} << (much % 24); break;
                default: several(script[at], much); break;
            }
        }
        look();
    }

    void check() const {
        std::vector<std::int64_t> times;
        std::vector<std::uint64_t> values;
        column_.read(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), times, values);
        require(times.size() == held_.size() && column_.samples() == held_.size(), "every sample is held");
        for (std::size_t i = 0; i < held_.size(); ++i) {
            require(same(held_[i], {times[i], values[i]}), "as it was appended");
        }
        require(history_.oldest().has_value() != held_.empty(), "the oldest sample is there");
        require(held_.empty() || history_.oldest() == held_.front().time, "and is the first");
        require(history_.bytes() >= column_.bytes(), "memory is counted");
    }

private:
    static constexpr std::int64_t series[] = {0};

    void several(std::uint8_t what, std::uint8_t much) {
        for (unsigned i = 0; i <= what % 32U; ++i) {
            now_ += 15'000 + (much % 3 == 0 ? much % 7 : 0);
            value_ += much % 4 == 0 ? 0.1 : much;
            append(std::bit_cast<std::uint64_t>(value_));
        }
    }

    void append(std::uint64_t bits) {
        const Taken taken = history_.append(column_, {now_, bits});
        if (taken == Taken::new_one) held_.push_back({now_, bits});
    }

    void forget(std::int64_t before) {
        history_.forget(column_, before);
        std::erase_if(held_, [before](const Sample& sample) { return sample.time < before; });
    }

    // Windows that have come a long way see what new ones see.
    void look() {
        if (!counted_) history_.count(column_);
        counted_ = true;
        Windows fresh(series, offsets, lengths, profile);
        double raised[4], anew[4];
        std::uint8_t present[4], there[4];
        moving_.increase(history_, now_, raised, present);
        fresh.increase(history_, now_, anew, there);
        for (std::size_t i = 0; i < 4; ++i) {
            require(present[i] == there[i], "windows that moved see a sample where new ones do");
            const auto bits = std::bit_cast<std::uint64_t>(raised[i]);
            require(bits == std::bit_cast<std::uint64_t>(anew[i]), "and the same increase");
        }
    }

    History history_;
    Column& column_;
    Windows moving_;
    std::vector<Sample> held_;
    std::int64_t now_ = 1'700'000'000'000;
    double value_ = 0;
    bool counted_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    check_chunk(Bytes(data, data + size));
    Course course;
    course.run({data, std::min<std::size_t>(size, 256)});
    course.check();
    // As many samples as there are bytes, and then some bits of the chunk turned.
    Bytes chunk(header);
    Appender appender;
    for (std::size_t i = 0; i < size; ++i) {
        appender.append(chunk, {static_cast<std::int64_t>(i) * 15'000 + data[i] % 4, std::uint64_t{data[i]} << data[i] % 57});
    }
    for (std::size_t i = 0; i + 1 < size; i += 64) chunk[header + data[i] % (chunk.size() - header)] ^= data[i + 1];
    check_chunk(chunk);
    return 0;
}
