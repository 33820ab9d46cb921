// Wraps a C++ callable as the call of <prun/plugin.h>: it reads and writes bytes and lets no exception escape. It does not
// know how callables are named and registered.
#pragma once

#include <prun/context.hpp>
#include <prun/detail/plugin_codec.hpp>

#include <cxxabi.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#pragma GCC visibility push(hidden)

namespace prun::plugin {

/// The result, the parameters, and whether a TaskContext comes before them.
template <class R, class... P>
struct Shape {
  using Result = R;
  using Parameters = std::tuple<P...>;  // as declared, with references
  using Arguments = std::tuple<std::remove_cvref_t<P>...>;
  static constexpr bool wants_context = false;
  static constexpr bool readable = (Readable<std::remove_cvref_t<P>> && ...);
  static constexpr bool writes_to_arguments =
      ((std::is_lvalue_reference_v<P> && !std::is_const_v<std::remove_reference_t<P>>) || ...);
};

template <class R, class... P>
struct Shape<R, const TaskContext&, P...> : Shape<R, P...> {
  static constexpr bool wants_context = true;
};

template <class F>
struct ShapeOf : ShapeOf<decltype(&F::operator())> {};
template <class R, class... P>
struct ShapeOf<R (*)(P...)> : Shape<R, P...> {};
template <class R, class... P>
struct ShapeOf<R (*)(P...) noexcept> : Shape<R, P...> {};
template <class C, class R, class... P>
struct ShapeOf<R (C::*)(P...) const> : Shape<R, P...> {};
template <class C, class R, class... P>
struct ShapeOf<R (C::*)(P...) const noexcept> : Shape<R, P...> {};

template <class F>
concept HasShape = requires {
  typename ShapeOf<F>::Result;
};

inline std::string readable_type(const std::type_info* type) {
  if (type == nullptr) return "unknown";
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(type->name(), nullptr, nullptr, &status),
                                                    std::free);
  return status == 0 && name ? name.get() : type->name();
}

inline int fail(const prun_output& output, int status, std::string_view type, std::string_view message) {
  output.fail(output.target, type.data(), type.size(), message.data(), message.size());
  return status;
}

/// Reports the current exception. Call it in a catch block.
inline int fail_as_thrown(const prun_output& output) {
  try {
    throw;
  } catch (const ArgumentError& e) {
    return fail(output, PRUN_BAD_ARGUMENTS, "prun::ArgumentError", e.what());
  } catch (const SerializationError& e) {
    return fail(output, PRUN_BAD_RESULT, "prun::SerializationError", e.what());
  } catch (const std::exception& e) {
    return fail(output, PRUN_EXCEPTION, readable_type(&typeid(e)), e.what());
  } catch (...) {
    return fail(output, PRUN_EXCEPTION, readable_type(abi::__cxa_current_exception_type()), "not a std::exception");
  }
}

/// The description of one function for prun. Lives as long as the process.
struct Record {
  std::string name;
  std::string help;
  std::string result;
  std::vector<std::string> names;
  std::vector<std::string> defaults;
  std::vector<prun_parameter> parameters;
  std::vector<const prun_parameter*> parameter_pointers;
  prun_function function{};
};

template <class F>
struct CallableRecord final : Record {
  using Shape = ShapeOf<F>;
  using Arguments = typename Shape::Arguments;
  using Parameters = typename Shape::Parameters;
  using Result = typename Shape::Result;
  static constexpr std::size_t arity = std::tuple_size_v<Arguments>;
  using Indices = std::make_index_sequence<arity>;

  explicit CallableRecord(F given) : callable(std::move(given)) {}

  static int call(const void* data, const prun_task* task, const void* bytes, std::size_t size,
                  const prun_output* output) noexcept {
    try {
      static_cast<const CallableRecord*>(data)->run(*task, Reader(bytes, size), *output, Indices{});
      return PRUN_OK;
    } catch (...) {
      return fail_as_thrown(*output);
    }
  }

  template <std::size_t... I>
  void run(const prun_task& task, Reader reader, const prun_output& output, std::index_sequence<I...>) const {
    const std::size_t given = at_place([&] { return reader.array(); }, [] { return "the list of arguments"; });
    if (given != arity) throw ArgumentError(name + " got another number of arguments than it takes");
    Arguments arguments{read<std::tuple_element_t<I, Arguments>>(reader, I)...};
    const auto invoke = [&]() -> Result {
      if constexpr (Shape::wants_context) {
        const TaskContext context{task.index, task.attempt, task.run_seed, task.slot};
        return callable(context, static_cast<std::tuple_element_t<I, Parameters>&&>(std::get<I>(arguments))...);
      } else {
        return callable(static_cast<std::tuple_element_t<I, Parameters>&&>(std::get<I>(arguments))...);
      }
    };
    Writer writer(output);
    if constexpr (std::is_void_v<Result>) {
      invoke();
      writer.null();
    } else {
      Codec<std::remove_cvref_t<Result>>::write(writer, invoke());
    }
    writer.flush();
  }

  template <class T>
  T read(Reader& reader, std::size_t index) const {
    return at_place([&] { return Codec<T>::read(reader); }, [&] { return names[index]; });
  }

  F callable;
};

}  // namespace prun::plugin

#pragma GCC visibility pop
