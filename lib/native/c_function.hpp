// A C function of a shared library, called through libffi. It does not know the syntax of its name.
#pragma once

#include "function/function.hpp"
#include "native/c_signature.hpp"

#include <memory>
#include <string>

namespace prun::native {

/// @param name the name of the function in prun
/// @param address a function with that signature. This cannot be checked
[[nodiscard]] std::unique_ptr<Function> make_c_function(std::string name, const CSignature& signature, void* address);

}  // namespace prun::native
