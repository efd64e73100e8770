import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Date;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.ofdrw.converter.export.ImageExporter;
import org.ofdrw.converter.ofdconverter.PDFConverter;
import org.ofdrw.gm.cert.PKCGenerate;
import org.ofdrw.gm.ses.v1.SES_ESPictrueInfo;
import org.ofdrw.gm.ses.v1.SES_Header;
import org.ofdrw.gm.ses.v1.SES_SignInfo;
import org.ofdrw.layout.OFDDoc;
import org.ofdrw.layout.element.Img;
import org.ofdrw.layout.element.Paragraph;
import org.ofdrw.reader.ContentExtractor;
import org.ofdrw.reader.OFDReader;
import org.ofdrw.sign.ExtendSignatureContainer;
import org.ofdrw.sign.OFDSigner;
import org.ofdrw.sign.SignMode;
import org.ofdrw.sign.signContainer.GBT35275DSContainer;
import org.ofdrw.sign.signContainer.SESV1Container;
import org.ofdrw.sign.signContainer.SESV4Container;
import org.ofdrw.sign.stamppos.NormalStampPos;
import org.ofdrw.sign.verify.OFDValidator;
import org.ofdrw.sign.verify.SignedDataValidateContainer;
import org.ofdrw.sign.verify.container.GBT35275ValidateContainer;
import org.ofdrw.sign.verify.container.SESV1ValidateContainer;
import org.ofdrw.sign.verify.container.SESV4ValidateContainer;

/** What the reference program of the field makes of our documents, and documents of its own for us to read. */
public class Ofdrw {
    public static void main(String[] words) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        Path file = Path.of(words[1]);
        switch (words[0]) {
            case "read" -> read(file);
            case "validate" -> validate(file, words[2]);
            case "make" -> make(file, Path.of(words[2]), words[3]);
            case "seal" -> seal(file, Path.of(words[2]), words[3], Path.of(words[4]), Path.of(words[5]));
            case "draw" -> draw(file, Path.of(words[2]));
            case "convert" -> {
                try (PDFConverter converter = new PDFConverter(Path.of(words[2]))) {
                    converter.convert(file);
                }
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    /** Prints the number of pages and all text. */
    static void read(Path file) throws Exception {
        try (OFDReader reader = new OFDReader(file)) {
            System.out.println(reader.getNumberOfPages());
            System.out.println(String.join("\n", new ContentExtractor(reader).extractAll()));
        }
    }

    /** Throws where the signature does not hold. */
    static void validate(Path file, String standard) throws Exception {
        SignedDataValidateContainer how = switch (standard) {
            case "GB/T 38540" -> new SESV4ValidateContainer();
            case "GM/T 0031" -> new SESV1ValidateContainer();
            default -> new GBT35275ValidateContainer();
        };
        try (OFDReader reader = new OFDReader(file); OFDValidator validator = new OFDValidator(reader)) {
            validator.setValidator(how);
            validator.exeValidate();
            System.out.println("valid");
        }
    }

    /** Draws every page into a folder: PNG, 8 pixels a millimetre. */
    static void draw(Path file, Path folder) throws Exception {
        try (ImageExporter pictures = new ImageExporter(file, folder, "PNG", 8d)) {
            pictures.export();
        }
    }

    /** A document with a paragraph and a picture. */
    static void make(Path picture, Path out, String text) throws Exception {
        try (OFDDoc document = new OFDDoc(out)) {
            document.add(new Paragraph(text, 8d));
            document.add(new Img(60d, 45d, picture));
        }
    }

    /** Seals a document with a new key; writes the signer's root beside it. */
    static void seal(Path file, Path out, String standard, Path picture, Path rootOut) throws Exception {
        KeyPair pair = PKCGenerate.GenerateKeyPair();
        X509Certificate certificate = certificate(pair);
        Files.write(rootOut, certificate.getEncoded());
        ExtendSignatureContainer container = switch (standard) {
            case "GB/T 38540" -> new SESV4Container(pair.getPrivate(), newSeal(pair, certificate, picture), certificate);
            case "GM/T 0031" -> new SESV1Container(pair.getPrivate(), oldSeal(pair, certificate, picture), certificate);
            default -> new GBT35275DSContainer(certificate, pair.getPrivate());
        };
        try (OFDReader reader = new OFDReader(file); OFDSigner signer = new OFDSigner(reader, out)) {
            signer.setSignMode(SignMode.ContinueSign);
            signer.setSignContainer(container);
            signer.addApPos(new NormalStampPos(1, 100, 150, 42, 42));
            signer.exeSign();
        }
    }

    static X509Certificate certificate(KeyPair pair) throws Exception {
        var name = new org.bouncycastle.asn1.x500.X500Name("C=CN,CN=测试市住房和城乡建设局");
        Date from = new Date(System.currentTimeMillis() - 86_400_000L);
        Date to = new Date(System.currentTimeMillis() + 86_400_000_000L);
        var builder = new org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder(
            name, java.math.BigInteger.TEN, from, to, name, pair.getPublic());
        var signer = new org.bouncycastle.operator.jcajce.JcaContentSignerBuilder("SM3withSM2").setProvider("BC");
        return new org.bouncycastle.cert.jcajce.JcaX509CertificateConverter()
            .setProvider("BC").getCertificate(builder.build(signer.build(pair.getPrivate())));
    }

    static byte[] sign(PrivateKey key, byte[] data) throws Exception {
        Signature signature = Signature.getInstance("SM3withSM2", "BC");
        signature.initSign(key);
        signature.update(data);
        return signature.sign();
    }

    static SES_ESPictrueInfo picture(Path file) throws Exception {
        return new SES_ESPictrueInfo().setType("PNG").setData(Files.readAllBytes(file)).setWidth(42).setHeight(42);
    }

    static org.ofdrw.gm.ses.v4.SESeal newSeal(KeyPair pair, X509Certificate certificate, Path picture)
            throws Exception {
        ASN1EncodableVector users = new ASN1EncodableVector(1);
        users.add(new DEROctetString(certificate.getEncoded()));
        var listed = new org.ofdrw.gm.ses.v4.SES_CertList(
            org.ofdrw.gm.ses.v4.CertInfoList.getInstance(new DERSequence(users)));
        var now = new ASN1GeneralizedTime(new Date(System.currentTimeMillis() - 60_000L));
        var property = new org.ofdrw.gm.ses.v4.SES_ESPropertyInfo()
            .setType(new ASN1Integer(1)).setName(new DERUTF8String("测试电子印章"))
            .setCertListType(new ASN1Integer(1)).setCertList(listed)
            .setCreateDate(now).setValidStart(now)
            .setValidEnd(new ASN1GeneralizedTime(new Date(System.currentTimeMillis() + 86_400_000L)));
        var information = new org.ofdrw.gm.ses.v4.SES_SealInfo()
            .setHeader(new SES_Header().setVersion(SES_Header.V4).setVid("OFDRW"))
            .setEsID("44030012345678").setProperty(property).setPicture(picture(picture));
        ASN1EncodableVector signed = new ASN1EncodableVector(3);
        signed.add(information);
        signed.add(new DEROctetString(certificate.getEncoded()));
        signed.add(GMObjectIdentifiers.sm2sign_with_sm3);
        return new org.ofdrw.gm.ses.v4.SESeal().seteSealInfo(information).setCert(certificate)
            .setSignAlgID(GMObjectIdentifiers.sm2sign_with_sm3)
            .setSignedValue(sign(pair.getPrivate(), new DERSequence(signed).getEncoded("DER")));
    }

    static org.ofdrw.gm.ses.v1.SESeal oldSeal(KeyPair pair, X509Certificate certificate, Path picture)
            throws Exception {
        ASN1EncodableVector users = new ASN1EncodableVector(1);
        users.add(new DEROctetString(certificate.getEncoded()));
        var now = new ASN1UTCTime(new Date(System.currentTimeMillis() - 60_000L));
        var property = new org.ofdrw.gm.ses.v1.SES_ESPropertyInfo()
            .setType(1).setName("测试电子印章").setCertList(new DERSequence(users))
            .setCreateDate(now).setValidStart(now)
            .setValidEnd(new ASN1UTCTime(new Date(System.currentTimeMillis() + 86_400_000L)));
        var information = new org.ofdrw.gm.ses.v1.SES_SealInfo()
            .setHeader(new SES_Header().setVersion(1).setVid("OFDRW"))
            .setEsID(new org.bouncycastle.asn1.DERIA5String("44030012345678"))
            .setProperty(property).setPicture(picture(picture));
        ASN1EncodableVector signed = new ASN1EncodableVector(3);
        signed.add(information);
        signed.add(new DEROctetString(certificate.getEncoded()));
        signed.add(GMObjectIdentifiers.sm2sign_with_sm3);
        var proof = new SES_SignInfo(
            new DEROctetString(certificate.getEncoded()), GMObjectIdentifiers.sm2sign_with_sm3,
            new DERBitString(sign(pair.getPrivate(), new DERSequence(signed).getEncoded("DER"))));
        return new org.ofdrw.gm.ses.v1.SESeal(information, proof);
    }
}
