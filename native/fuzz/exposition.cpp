// Fuzz target: any bytes as a page in each format, and any bytes as numbers to be written and read back.
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "../exposition/bytes.hpp"
#include "../exposition/columns.hpp"
#include "../exposition/known.hpp"
#include "../exposition/number.hpp"
#include "../exposition/render.hpp"

namespace {

using namespace emberline::exposition;

constexpr Limits limits{1 << 20, 1 << 16, 1 << 16, 1 << 16, 8};

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

bool within(const Span& span, std::string_view page) { return span.start <= span.end && span.end <= page.size(); }

constexpr std::string_view end_of_open = "\n# EOF";

// Neighbours are compared and not parsed again; alone, each line must read the same.
void check_lines(std::string_view page, Format format, const Columns& columns) {
    for (std::size_t at = 0; at < columns.keys.size(); ++at) {
        const Span key = columns.keys[at];
        require(within(key, page), "a key lies in the page");
        const std::size_t end = std::min(page.find('\n', key.end), page.size());
        std::string line{page.substr(key.start, end - key.start)};
        if (format == Format::open) line += end_of_open;
        Columns alone;
        const Verdict verdict = scan(line, format, limits, alone);
        require(verdict.fault == Fault::none && alone.keys.size() == 1, "a line reads alone");
        require(alone.keys[0].end == key.end - key.start, "a key is as long alone");
        require(std::memcmp(&alone.values[0], &columns.values[at], sizeof(double)) == 0, "a value is the same alone");
        require(alone.timestamps[0] == columns.timestamps[at], "a timestamp is the same alone");
    }
}

void check_families(std::string_view page, const Columns& columns) {
    std::size_t samples = 0;
    for (const Family& family : columns.families) {
        require(family.first == samples, "families follow on each other");
        require(within(family.name, page) && within(family.help, page), "names and help texts lie in the page");
        require(within(family.unit, page), "units lie in the page");
        samples += family.count;
    }
    require(samples == columns.values.size(), "every sample has a family");
}

void check_fault(std::string_view page, Format format, const Verdict& verdict) {
    require(verdict.offset <= page.size(), "a fault lies in the page");
    const bool of_the_page = verdict.fault == Fault::no_eof || verdict.fault == Fault::after_eof;
    if (verdict.fault <= Fault::series || of_the_page) return;
    const std::size_t before = verdict.offset == 0 ? page.npos : page.rfind('\n', verdict.offset - 1);
    const std::size_t start = before == page.npos ? 0 : before + 1;
    const std::size_t end = std::min(page.find('\n', start), page.size());
    std::string line{page.substr(start, end - start)};
    // Nothing at all would be another fault in OpenMetrics.
    if (format == Format::open) line += '\n';
    Columns alone;
    const Verdict again = scan(line, format, limits, alone);
    require(again.fault == verdict.fault && again.offset == verdict.offset - start, "a fault is the same alone");
}

void check_number(double value) {
    char text[longest_number + 1];
    char* end = write_number(text, value);
    require(end <= text + longest_number, "a number is no longer than promised");
    const Buffer buffer{{text, end}};
    double back = 0;
    const Step read = read_number(buffer.begin(), back);
    require(read.fault == Fault::none && read.at == buffer.end(), "a number reads back");
    const bool same = std::memcmp(&back, &value, sizeof(double)) == 0;
    require(same || (std::isnan(value) && std::isnan(back)), "a number reads back bit for bit");
}

// A page like this one but for some digits, read with the knowledge of this one, is read as without it.
void check_known(std::string_view page, const Columns& columns) {
    std::string changed{page};
    for (std::size_t at = 0; at < changed.size(); ++at) {
        const bool digit = changed[at] >= '0' && changed[at] <= '9';
        if (digit && at % 3 == 0) changed.replace(at, 1, at % 2 == 0 ? "17" : "8");
    }
    Columns known;
    const Known before{page, columns.keys, columns.families};
    if (!rescan(changed, before, limits, known)) return;
    Columns anew;
    require(scan(changed, Format::text, limits, anew).fault == Fault::none, "what is known reads anew");
    const auto same = [](const auto& left, const auto& right) {
        return left.size() == right.size() &&
               (left.empty() || std::memcmp(left.data(), right.data(), left.size() * sizeof(left[0])) == 0);
    };
    require(same(known.values, anew.values) && same(known.timestamps, anew.timestamps), "known numbers are the same");
    require(same(known.keys, anew.keys) && same(known.families, anew.families), "known places are the same");
}

void check_page(std::string_view page, Format format) {
    Columns columns;
    const Verdict verdict = scan(page, format, limits, columns);
    if (verdict.fault == Fault::none) {
        check_lines(page, format, columns);
        check_families(page, columns);
        if (format == Format::text) check_known(page, columns);
    } else {
        check_fault(page, format, verdict);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view page{reinterpret_cast<const char*>(data), size};
    check_page(page, Format::text);
    check_page(page, Format::open);
    check_page(std::string{page} + std::string{end_of_open}, Format::open);
    for (std::size_t at = 0; at + sizeof(double) <= std::min<std::size_t>(size, 256); at += sizeof(double)) {
        double value = 0;
        std::memcpy(&value, data + at, sizeof value);
        check_number(value);
    }
    return 0;
}
