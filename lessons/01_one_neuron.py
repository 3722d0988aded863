# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1. One neuron, one derivative
#
# Backpropagation is the chain rule, and the chain rule is made of small derivatives. In this lesson there is one neuron
# and one derivative. You compute it in four ways, and find out how wrong each of them is.
#
# You need Python and what a derivative is.

# %%
# start

# %%
import matplotlib.pyplot as plt
import numpy as np
from flint import arb, ctx

ctx.prec = 200  # bits: what is called the truth below has 60 digits

# %% [markdown]
# A neuron adds up its inputs, each times a weight, and adds a bias: that is its *logit* $z$. What it hands on is a
# number between 0 and 1,
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}},$$
#
# the sigmoid. Its derivative, its *slope*, says how much a small change of $z$ changes the output.
#
# ## Predict
#
# Before you run anything: where is the slope largest, and how large is it there? And what is it at $z = 10$: about a
# tenth of that, a hundredth, or less than a thousandth?
#
# ## Write


# %%
def sigmoid(z):
    # write: return the sigmoid of z, with np.exp
    return 1 / (1 + np.exp(-z))
    # end


def slope(z):
    # write: return the derivative of the sigmoid at z; it can be written with sigmoid(z) alone
    a = sigmoid(z)
    return a * (1 - a)
    # end


# %% [markdown]
# ## Check
#
# The truth comes from ball arithmetic: a ball is an interval that is proven to contain the number.


# %%
def true_slope(z):
    """The slope at exactly the float z, good to 50 digits."""
    a = 1 / (1 + (-arb(float(z))).exp())
    return a * (1 - a)


def relative_error(value, z):
    truth = true_slope(z)
    return abs(float((arb(float(value)) - truth) / truth))


for z in (0.0, 1.0, 10.0):
    print(f"z = {z:4}: slope {slope(z):.3g}, relative error {relative_error(slope(z), z):.0e}")
assert all(relative_error(slope(z), z) < 1e-9 for z in (-5.0, 0.0, 1.0, 10.0)), "this is not the slope"

# %% [markdown]
# The slope is largest at 0, where it is 0.25. At 10 it is less than a thousandth of that. A neuron with a large logit
# is *saturated*: whatever reaches it from behind is multiplied by nearly nothing.
#
# ## Predict
#
# Nobody differentiates by hand without a check, and the oldest check is the definition of the derivative: move $z$ a
# little, and see. The *forward* difference is $(\sigma(z + t) - \sigma(z)) / t$, the *central* one $(\sigma(z + t) -
# \sigma(z - t)) / 2t$. What is the best step $t$ in float64: as small as the machine allows, about $10^{-8}$, or about
# $10^{-5}$?
#
# ## Write


# %%
def forward_difference(f, z, t):
    return (f(z + t) - f(z)) / t


def central_difference(f, z, t):
    # write: return the central difference of f at z with step t
    return (f(z + t) - f(z - t)) / (2 * t)
    # end


def complex_step(f, z, t):
    # write: return the imaginary part of f(z + i t), divided by t; 1j is the imaginary unit
    return np.imag(f(z + 1j * t)) / t
    # end


# %% [markdown]
# The third is the *complex step* (Squire and Trapp, SIAM Review, 1998): it moves $z$ sideways, into the complex
# plane, and subtracts nothing.
#
# ## Check

# %%
Z = 0.7
assert relative_error(central_difference(sigmoid, Z, 1e-5), Z) < 1e-9, "this is not the central difference"
assert relative_error(complex_step(sigmoid, Z, 1e-20), Z) < 1e-15, "this is not the complex step"


def curve(method, steps, dtype):
    z = dtype(Z)
    errors = [relative_error(method(sigmoid, z, dtype(t) if method is not complex_step else t), z) for t in steps]
    return np.maximum(errors, 1e-17)  # what is exact has no place on a logarithmic axis


steps = 10.0 ** np.arange(-16, 0.01, 0.25)
figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
best = {}
for dtype, dash in ((np.float64, "-"), (np.float32, "--")):
    for method, marker in ((forward_difference, "o"), (central_difference, "s")):
        errors = curve(method, steps, dtype)
        finite = np.isfinite(errors)
        name = f"{method.__name__.partition('_')[0]}, {dtype.__name__}"
        axes.loglog(steps[finite], errors[finite], dash, marker=marker, ms=4, label=name)
        smooth = np.exp([np.mean(np.log(errors[max(i - 2, 0) : i + 3])) for i in range(len(errors))])
        best[name] = 10.0 ** round(np.log10(steps[np.argmin(smooth)]))
errors = curve(complex_step, steps, np.float64)
axes.loglog(steps, errors, "k:", marker="^", ms=4, label="complex step, float64")
axes.set(xlabel="step t (log scale)", ylabel="relative error of the slope (log scale)")
axes.set_title("Differences have a best step; the complex step has none")
axes.legend(frameon=False, fontsize=10)
plt.show()
for name, step in best.items():
    print(f"{name}: best step near {step:.0e}")
print(f"complex step of 1e-16: relative error {relative_error(complex_step(sigmoid, Z, 1e-16), Z):.0e}")

# %% [markdown]
# ## Explain
#
# Every curve of a difference is a V with two sides.
#
# - On the right the step is too *long*. The formula is only true in the limit. By Taylor's series it leaves out
#   $|\sigma''| t / 2$ for the forward difference, and $|\sigma'''| t^2 / 6$ for the central one. That side does not
#   depend on the type.
# - On the left the step is too *short*. $\sigma(z + t)$ and $\sigma(z)$ agree in nearly all their digits, and the
#   subtraction throws those away. Each is wrong by about $u \sigma$, where $u$ is half the distance between
#   neighbouring floats, relative to their size. Two such errors, divided by $t$, make $2 u \sigma / t$ of it; divided
#   by the $2 t$ of the central difference, $u \sigma / t$.
#
# The best step is where the sum of the two is smallest. Set its derivative with respect to $t$ to zero:
#
# - forward: $|\sigma''| t / 2 + 2 u \sigma / t$ is smallest at $t = 2 \sqrt{u \sigma / |\sigma''|}$;
# - central: $|\sigma'''| t^2 / 6 + u \sigma / t$ is smallest at $t = (3 u \sigma / |\sigma'''|)^{1/3}$.
#
# Far on the left the curves end in a plateau: there $z + t$ rounds to $z$, the difference is 0, and the error is all of
# the slope. Compare the printed steps with these.

# %%
a = sigmoid(Z)
second, third = a * (1 - a) * (1 - 2 * a), a * (1 - a) * (1 - 6 * a + 6 * a**2)
for dtype in (np.float64, np.float32):
    u = np.finfo(dtype).eps / 2
    forward, central = 2 * np.sqrt(u * a / abs(second)), (3 * u * a / abs(third)) ** (1 / 3)
    print(f"{dtype.__name__}: u = {u:.0e}, best step forward {forward:.0e}, central {central:.0e}")
    print(f"  {Z} + {u / 4:.0e} == {Z} is {dtype(Z) + dtype(u / 4) == dtype(Z)}")

# %% [markdown]
# The complex step has no left side. $\sigma(z + it) = \sigma + it \sigma' - t^2 \sigma'' / 2 - it^3 \sigma''' / 6 +
# \dots$, so that its imaginary part, divided by $t$, is $\sigma' - t^2 \sigma''' / 6 + \dots$: no difference is taken,
# and $t$ may be as small as you like.
#
# So a gradient check by differences can never see more than part of the digits: with the best step about two thirds of
# them, and in float32 that is very little. The complex step loses none, since it subtracts nothing; but the function
# must take complex numbers, and a `max`, an `abs` or a comparison on the way ends that.
#
# ## Break
#
# The slope itself can lose digits. At large $z$, `1 - a` subtracts two numbers that are nearly the same. There is
# another formula, equal on paper: $\sigma(z)\,\sigma(-z)$. How many digits does the first one lose at `z = 20`, and at
# `z = 40`?


# %%
def careful_slope(z):
    # write: return sigmoid(z) times sigmoid(-z)
    return sigmoid(z) * sigmoid(-z)
    # end


logits = np.linspace(0, 40, 200)
plain = [relative_error(slope(z), z) for z in logits]
careful = [relative_error(careful_slope(z), z) for z in logits]
assert relative_error(careful_slope(40.0), 40.0) < 1e-14, "the product of the two sigmoids loses no digits"
figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
axes.semilogy(logits, np.maximum(plain, 1e-17), "-", label="a (1 - a)")
axes.semilogy(logits, np.maximum(careful, 1e-17), "--", label="sigmoid(z) sigmoid(-z)")
axes.axhline(1, color="black", linewidth=0.8)
axes.text(0, 1.5, "no digit is right", va="bottom", fontsize=10)
axes.set(xlabel="logit z", ylabel="relative error (log scale)", ylim=(1e-17, 30))
axes.set_title("Two formulas, equal on paper, and not in a computer")
axes.legend(frameon=False, loc="center left")
plt.show()
for z in (20.0, 40.0):
    print(f"z = {z}: a (1 - a) is wrong by {relative_error(slope(z), z):.0e}, of its value")
    print(f"          the other by {relative_error(careful_slope(z), z):.0e}")

# %% [markdown]
# Both are *correct*: in exact arithmetic they are the same number. The first **cancels**, in the word that Backproof
# uses for it. That is no mistake, but it is worth knowing, because a checker that compares with a tolerance cannot tell
# lost digits from a wrong formula.
#
# And now a real mistake: a slope that was taken at the activation instead of at the logit. It is easily made when `a`
# is at hand and `z` is not. Backproof calls this family *derivative at the wrong point*.

# %%
for z in (Z, 3.0):
    difference = central_difference(sigmoid, z, 1e-5)
    print(f"z = {z}: right {slope(z):.3f}, wrong {slope(sigmoid(z)):.3f}; a central difference says {difference:.3f}")

# %% [markdown]
# At 0.7 it hides by accident: the activation there is nearly the logit. Try a check at more than one place.
#
# ## What to take away
#
# - The slope of the sigmoid is `a * (1 - a)`, at most a quarter, and nearly nothing where the neuron is saturated.
# - A difference quotient has a best step, and even there it sees only part of the digits.
# - Equal on paper is not equal in a computer: a formula can be right and lose digits.
#
# The answers to the predictions: the slope is largest at 0; at 10 it is far below a thousandth of that; and the best
# step in float64 is 6e-08 for the forward difference and 1e-05 for the central one, by the balance above.
#
# The stepper, `stepper.html`, shows the same neuron in a network.
