"""Traditional characters that a recogniser slips into simplified text.

The better recogniser knows both scripts, and a worn 澜 looks to it like 瀾. A line is in one script: where it holds
plainly simplified characters, the traditional ones among them were misread. Text all in traditional stays as it is.
"""

_TRADITIONAL = (
    "瀾裝備設單證書號機關發國區縣廠業團資質監審務產開與為長東門車電項負責聯繫華貿濟經營範圍築圖總實際遠"
    "張陳劉趙吳鄭馮許韓鄧蕭蔣謝鄒龍萬億圓銀農鐵鋼熱氣燈線縱師醫藥學習術報紙環綠陽陰雲風飛馬鳥魚寶貝買賣"
    "記計訂認訊議譯誠語說課調談請論護讓變級紀約組織終結給統維網續編緣練輸轉輪軟載輛邊達過運還進選鄉鎮針鈞鍾錄鏡"
    "閱閣隊階隨險雙難離靜韻順預領頭題額類顯驗體點齊齒龜"
)
_SIMPLIFIED = (
    "澜装备设单证书号机关发国区县厂业团资质监审务产开与为长东门车电项负责联系华贸济经营范围筑图总实际远"
    "张陈刘赵吴郑冯许韩邓萧蒋谢邹龙万亿圆银农铁钢热气灯线纵师医药学习术报纸环绿阳阴云风飞马鸟鱼宝贝买卖"
    "记计订认讯议译诚语说课调谈请论护让变级纪约组织终结给统维网续编缘练输转轮软载辆边达过运还进选乡镇针钧钟录镜"
    "阅阁队阶随险双难离静韵顺预领头题额类显验体点齐齿龟"
)

_TO_SIMPLIFIED = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
_TABLE = str.maketrans(_TO_SIMPLIFIED)
_PLAINLY_SIMPLIFIED = frozenset(_SIMPLIFIED) - frozenset(_TRADITIONAL) - frozenset("云里后面系范")
"""Without those that traditional text uses too."""


def one_script(text: str) -> str:
    """The text with stray traditional characters made simplified, if it is otherwise plainly simplified."""
    traditional = sum(character in _TO_SIMPLIFIED for character in text)
    simplified = sum(character in _PLAINLY_SIMPLIFIED for character in text)
    return text.translate(_TABLE) if 0 < traditional <= simplified else text
