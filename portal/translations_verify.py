"""English for the verification pages and the life of certificates."""

VERIFY = {
    "证照已暂停": "Suspended",
    "证照已注销": "Cancelled",
    "发证机关已暂停本证照的效力，恢复前不能使用；如有疑问请联系发证机关。": (
        "The authority has suspended it. It cannot be used until it is restored."
    ),
    "本证照已依法注销，不再有效，请勿采信；如有疑问请联系发证机关。": "It was cancelled by law. Do not rely on it.",
    "没有相符的证照": "No certificate fits",
    "没有编号与持证主体都相符的证照。请对照证照核对两项，或扫描证照上的二维码；仍查不到的，请勿采信。": (
        "No certificate has this number and this holder. Check both against the paper, or scan its code."
    ),
    "该编号一小时内核对失败次数过多。请扫描证照上的二维码，或一小时后再试。": (
        "Too many wrong holders for this number. Scan the code on the certificate, or try again in an hour."
    ),
    "正在查验其他文件": "Busy with another file",
    "文件过大": "File too large",
    "证照文件不超过 20 MB：这不是证照原件，请改用扫描二维码查验。": "A certificate has at most 20 MB. Scan its code.",
    "没有收到文件": "No file",
    "请选择要查验的文件。": "Choose the file to verify.",
    "文件为原件，证照有效": "The original, and valid",
    "这就是发证机关签章的原件，一个字节都没有变，证照目前有效。": (
        "The original as sealed, not one byte changed; the certificate is valid now."
    ),
    "文件为原件": "The original",
    "这就是本机关出具并签章的文件，一个字节都没有变。": "As this authority sealed it, not one byte changed.",
    "文件不可采信": "Do not rely on this file",
    "不可采信的原因如下，请勿使用；如有疑问请联系发证机关。": "Why is said below. Ask the authority if in doubt.",
    "无法认定": "Cannot be told",
    "这份文件不能证明自己，原因如下。请以登记信息为准。": "The file does not prove itself; trust the register.",
    "自": "since",
    "原因": "Why",
    "与登记不同之处": "Where it differs from the register",
    "页": "Page",
    "登记的内容": "In the register",
    "文件中的内容": "In the file",
    "现行版本": "The version in line now",
    "第": "No.",
    "版": "",
    "版本": "Version",
    "手中是纸质证照？与登记影像比对": "Have it on paper? Compare it with the register's image",
    "登记影像": "Image in the register",
    "登记影像正在生成，请稍后刷新。": "The image is being made; come again in a minute.",
    "逐项核对姓名、编号、日期和印章；有一处不同，请勿采信，并向发证机关核实。": (
        "Compare names, number, dates and seals. If anything differs, do not rely on it."
    ),
    "带签名的答复": "signed answer",
    "查验另一份证照或文件": "Verify another certificate or file",
    "最简单：用手机扫描证照上的二维码。也可以用下面两种办法。": (
        "Simplest: scan the code on the certificate with a phone. Or in one of these two ways."
    ),
    "按编号查验": "By number",
    "证照编号或电子证照标识": "Number or licence identifier",
    "持证主体名称，或其统一社会信用代码（后六位即可）": "Holder's name, or its code (the last six will do)",
    "查验": "Verify",
    "两项都相符才显示证照，以免他人逐个试查。": "Shown only if both fit, so that nobody can try numbers one by one.",
    "按电子文件查验": "By file",
    "PDF 或 OFD 文件，不超过 20 MB": "PDF or OFD, at most 20 MB",
    "文件只用于查验，不保存。": "The file is verified and not kept.",
    "已暂停": "suspended",
    "已注销": "cancelled",
    "未签发": "not issued",
}
