// Stands in for libFuzzer where there is only GCC: runs a corpus, then mutations of it.
//
//     fuzz_exposition RUNS SEED FILE...
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Random = std::mt19937_64;

constexpr std::array<std::string_view, 40> tokens = {
    "\n",  "\"",   "\\",  "{",    "}",    ",",      "=",       " ",       "\t",        "#",   "# HELP ",
    "0",   "1e",   ".",   "-",    "+Inf", "NaN",    "_bucket", "_sum",    "# TYPE ",   "le",  "\xff",
    "\\n", "\\\"", "\r",  "{\"a", "\xc3", "\xe2\x82", "9999999999", " counter\n", "a=\"b\"", "__name__",
    "# EOF\n", "# UNIT ", " # {", "} 1", " 1.5", " info\n", "_total", "_seconds",
};

void run(const std::string& page) {
    // A buffer of exactly this size, so that a byte read beyond it is seen.
    const std::vector<std::uint8_t> bytes(page.begin(), page.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

// Some neighbouring lines of a page: the whole of it would drown each mutation.
std::string excerpt(const std::string& page, Random& random) {
    if (page.empty()) return page;
    const std::size_t start = page.rfind('\n', random() % page.size());
    return page.substr(start == page.npos ? 0 : start + 1, random() % 600);
}

void mutate(std::string& page, const std::string& other, Random& random) {
    const std::size_t at = random() % (page.size() + 1);
    const std::size_t gone = std::min<std::size_t>(random() % 8, page.size() - at);
    switch (random() % 5) {
        case 0: page.replace(at, gone, tokens[random() % tokens.size()]); break;
        case 1: page.insert(at, 1, static_cast<char>(random())); break;
        case 2: page.erase(at, gone); break;
        case 3: page.insert(at, page.substr(random() % (page.size() + 1), random() % 80)); break;
        default: page.replace(at, gone, other.substr(random() % (other.size() + 1), random() % 80)); break;
    }
}

}  // namespace

int main(int count, char** words) {
    if (count < 3) return std::fprintf(stderr, "usage: %s RUNS SEED FILE...\n", words[0]), 2;
    const unsigned long runs = std::strtoul(words[1], nullptr, 10);
    Random random{std::strtoul(words[2], nullptr, 10)};
    std::vector<std::string> corpus{""};
    for (int at = 3; at < count; ++at) {
        std::ifstream file{words[at], std::ios::binary};
        corpus.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
    }
    for (const std::string& page : corpus) run(page);
    for (unsigned long done = 0; done < runs; ++done) {
        std::string page = excerpt(corpus[random() % corpus.size()], random);
        const std::string other = excerpt(corpus[random() % corpus.size()], random);
        for (auto left = random() % 5; left > 0; --left) mutate(page, other, random);
        run(page);
    }
    std::printf("%zu pages and %lu mutations: nothing found\n", corpus.size(), runs);
    return 0;
}
