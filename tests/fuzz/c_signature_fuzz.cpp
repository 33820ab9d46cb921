// Bytes of any kind as the name of a C function: no crash, an error for what is wrong, and of what is right a name that
// says the same again.
#include "native/c_signature.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace prun::native;

void require(bool condition) {
  if (!condition) std::abort();
}

std::string written(const CSignature& signature) {
  std::string text = signature.library + ':' + signature.symbol + '(';
  for (const CParameter& parameter : signature.parameters) {
    if (&parameter != &signature.parameters.front()) text += ", ";
    text.append(name_of(parameter.type)).append(" ").append(parameter.name);
  }
  return text.append(")->").append(name_of(signature.result));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  static_cast<void>(looks_like_c_signature(text));
  const auto signature = parse_c_signature(text);
  if (!signature) {
    require(!signature.error().empty() && signature.error().size() < size + 1000);
    return 0;
  }
  require(!signature->library.empty() && !signature->symbol.empty());
  require(signature->parameters.size() <= most_parameters);
  const std::string again = written(*signature);
  const auto same = parse_c_signature(again);
  require(same && written(*same) == again && same->result == signature->result);
  return 0;
}
