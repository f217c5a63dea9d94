"""Names of the tokens in assets/app.css as Tailwind classes: `bg-surface`, `text-muted`, `border-border`."""

from reflex.plugins.shared_tailwind import TailwindConfig

COLORS = (
    "background",
    "surface",
    "raised",
    "sunken",
    "hover",
    "border",
    "input",
    "field",
    "text",
    "muted",
    "overlay",
    "accent",
    "accent-hover",
    "accent-ink",
    "accent-soft",
    "on-accent",
    "success",
    "success-soft",
    "warning",
    "warning-soft",
    "danger",
    "danger-soft",
    "danger-fill",
    "info",
    "info-soft",
)

TAILWIND = TailwindConfig(
    content=[
        "./app/**/*.{js,jsx}",
        "./utils/**/*.{js,jsx}",
        "./components/**/*.{js,jsx}",
        "./public/external/**/*.jsx",
    ],
    darkMode="class",
    theme={
        "extend": {
            "colors": {name: f"var(--{name})" for name in COLORS},
            "borderRadius": {"DEFAULT": "6px", "md": "8px", "lg": "10px", "xl": "14px"},
            "boxShadow": {"float": "var(--float)"},
            "fontFamily": {"sans": "var(--font-sans)"},
            "fontSize": {
                "xs": ["12px", "16px"],
                "sm": ["13px", "18px"],
                "base": ["14px", "20px"],
                "lg": ["16px", "24px"],
                "xl": ["20px", "28px"],
                "2xl": ["26px", "32px"],
            },
        }
    },
    plugins=[],
)
