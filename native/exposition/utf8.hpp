// Well-formed UTF-8, as the Unicode standard's table 3-7 has it.
#pragma once

#include <string_view>

namespace emberline::exposition {

// The first byte of the first ill-formed character; the text's size where there is none.
std::size_t ill_formed(std::string_view text);

}  // namespace emberline::exposition
