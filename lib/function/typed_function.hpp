// Turns a C++ callable into a Function:
//
//   registry.add(make_function("fib", "naive recursion", fib, "n"));
//   registry.add(make_function("pi", "by chance", pi, "samples", NamedParameter::with_default("seed", 0)));
//
// value_codec.hpp defines the types of arguments and results. A callable whose first parameter is `const CallContext&`
// receives the context of its task. Several threads may call it at the same time.
#pragma once

#include "function/function.hpp"
#include "function/value_codec.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace prun {

struct NamedParameter {
  NamedParameter(const char* parameter_name) : name(parameter_name) {}  // NOLINT: a bare name is the usual case

  template <Encodable T>
  static NamedParameter with_default(const char* name, const T& value) {
    NamedParameter parameter(name);
    wire::ValueWriter writer(parameter.default_value.emplace());
    ValueCodec<T>::write(writer, value);
    return parameter;
  }

  std::string name;
  std::optional<std::string> default_value;
};

namespace detail {

/// The result, the parameters, and whether a CallContext comes before them.
template <class R, class... P>
struct Shape {
  using Result = R;
  using Arguments = std::tuple<std::remove_cvref_t<P>...>;
  static constexpr bool wants_context = false;
};

template <class R, class... P>
struct Shape<R, const CallContext&, P...> : Shape<R, P...> {
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

/// How a result is described and written. A callable without a result returns null.
template <class R>
struct ResultCodec : ValueCodec<std::remove_cvref_t<R>> {};
template <>
struct ResultCodec<void> {
  static std::string describe() { return "null"; }
};

template <class Tuple, std::size_t... I>
Signature signature_of(std::string result, std::index_sequence<I...>, NamedParameter* names) {
  Signature signature;
  (signature.parameters.push_back(
       {std::move(names[I].name), ValueCodec<std::tuple_element_t<I, Tuple>>::type, std::move(names[I].default_value)}),
   ...);
  signature.result = std::move(result);
  return signature;
}

}  // namespace detail

template <class F>
class TypedFunction final : public Function {
  using Shape = detail::ShapeOf<F>;
  using Arguments = typename Shape::Arguments;
  using Result = typename Shape::Result;
  static constexpr std::size_t arity = std::tuple_size_v<Arguments>;
  using Indices = std::make_index_sequence<arity>;

 public:
  TypedFunction(std::string name, std::string help, F callable, NamedParameter* names)
      : name_(std::move(name)),
        help_(std::move(help)),
        signature_(detail::signature_of<Arguments>(detail::ResultCodec<Result>::describe(), Indices{}, names)),
        callable_(std::move(callable)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] const Signature& signature() const noexcept override { return signature_; }
  [[nodiscard]] std::string_view help() const noexcept override { return help_; }

  void call(std::string_view args, const CallContext& context, std::string& result) const override {
    const Arguments arguments = read_arguments(args, Indices{});
    if constexpr (std::is_void_v<Result>) {
      invoke(context, arguments);
      wire::ValueWriter(result).null();
    } else {
      wire::ValueWriter writer(result);
      detail::ResultCodec<Result>::write(writer, invoke(context, arguments));
    }
  }

 private:
  template <std::size_t... I>
  Arguments read_arguments(std::string_view args, std::index_sequence<I...>) const {
    wire::ValueReader reader(args);
    const std::uint32_t given = reader.array();
    if (given != arity) throw ArgumentError(fmt::format("{} takes {} arguments, got {}", name_, arity, given));
    return Arguments{read_argument<std::tuple_element_t<I, Arguments>>(reader, I)...};
  }

  template <class T>
  T read_argument(wire::ValueReader& reader, std::size_t index) const {
    return detail::at_place([&] { return ValueCodec<T>::read(reader); },
                            [&] { return signature_.parameters[index].name; });
  }

  Result invoke(const CallContext& context, const Arguments& arguments) const {
    return std::apply(
        [&](const auto&... argument) -> Result {
          if constexpr (Shape::wants_context) {
            return callable_(context, argument...);
          } else {
            return callable_(argument...);
          }
        },
        arguments);
  }

  std::string name_;
  std::string help_;
  Signature signature_;
  F callable_;
};

/// @param names one for each parameter, in order, without the context
template <class F, class... Names>
std::unique_ptr<Function> make_function(std::string name, std::string help, F callable, Names&&... names) {
  static_assert(std::tuple_size_v<typename detail::ShapeOf<F>::Arguments> == sizeof...(Names),
                "make_function needs a name for every parameter of the function");
  NamedParameter all[sizeof...(Names) + 1] = {NamedParameter(std::forward<Names>(names))..., ""};
  return std::make_unique<TypedFunction<F>>(std::move(name), std::move(help), std::move(callable), all);
}

}  // namespace prun
